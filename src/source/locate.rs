//! Where values stand in a text that was read without spans: a second scan, down to the pointers that are asked for.

use super::{Format, Pointer, SourceFile, Span, parse};

/// The place of each pointer's key, or value where there is no key; of its longest prefix that is there when it is not.
#[must_use]
pub fn locate(file: &SourceFile, pointers: &[&Pointer]) -> Vec<Span> {
    if file.format() == Format::Json && serde_json::from_str::<serde::de::IgnoredAny>(file.text()).is_ok() {
        return json(file.text(), pointers);
    }
    let spans = parse(file).spans;
    pointers
        .iter()
        .map(|pointer| {
            let located = spans.locate(pointer);
            located.key.unwrap_or(located.value)
        })
        .collect()
}

/// One pointer that is looked for: its steps, how many of them are done, and the best place so far.
struct Wanted {
    steps: Vec<String>,
    found: Span,
}

fn json(text: &str, pointers: &[&Pointer]) -> Vec<Span> {
    let mut wanted: Vec<Wanted> =
        pointers.iter().map(|pointer| Wanted { steps: pointer.steps().collect(), found: Span::new(0, 1) }).collect();
    let all: Vec<usize> = (0..wanted.len()).collect();
    Scanner { text: text.as_bytes(), at: 0, wanted: &mut wanted }.value(&all, 0);
    wanted.into_iter().map(|one| one.found).collect()
}

/// Goes over a JSON text that is known to be right.
struct Scanner<'t, 'w> {
    text: &'t [u8],
    at: usize,
    wanted: &'w mut Vec<Wanted>,
}

impl Scanner<'_, '_> {
    /// Passes over a value; `below` are those that are looked for in it, `depth` steps down.
    fn value(&mut self, below: &[usize], depth: usize) {
        self.blanks();
        match self.text.get(self.at) {
            Some(b'{' | b'[') if below.is_empty() => self.skip(),
            Some(b'{') => self.object(below, depth),
            Some(b'[') => self.array(below, depth),
            Some(b'"') => drop(self.string()),
            _ => {
                while self.text.get(self.at).is_some_and(|byte| !b",]} \t\r\n".contains(byte)) {
                    self.at += 1;
                }
            }
        }
    }

    fn object(&mut self, below: &[usize], depth: usize) {
        self.at += 1;
        loop {
            self.blanks();
            match self.text.get(self.at) {
                Some(b'"') => {}
                Some(b',') => {
                    self.at += 1;
                    continue;
                }
                _ => break,
            }
            let span = self.string();
            let quoted = self.text.get(span.start..span.end).unwrap_or_default();
            let key: String = serde_json::from_slice(quoted).unwrap_or_default();
            self.blanks();
            self.at += 1;
            let inside = self.inside(below, depth, &key, span);
            self.value(&inside, depth + 1);
        }
        self.at += 1;
    }

    fn array(&mut self, below: &[usize], depth: usize) {
        self.at += 1;
        let mut index = 0;
        loop {
            self.blanks();
            match self.text.get(self.at) {
                None | Some(b']') => break,
                Some(b',') => self.at += 1,
                Some(_) => {
                    let span = Span::new(self.at, self.at + 1);
                    let inside = self.inside(below, depth, &index.to_string(), span);
                    self.value(&inside, depth + 1);
                    index += 1;
                }
            }
        }
        self.at += 1;
    }

    /// Those whose next step is this one.
    fn inside(&mut self, below: &[usize], depth: usize, step: &str, span: Span) -> Vec<usize> {
        let mut inside = Vec::new();
        for number in below {
            let Some(one) = self.wanted.get_mut(*number) else { continue };
            if one.steps.get(depth).is_some_and(|next| next == step) {
                one.found = span;
                inside.push(*number);
            }
        }
        inside
    }

    /// Passes over an object or a list in which nothing is looked for.
    fn skip(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.text.get(self.at) {
            match byte {
                b'"' => {
                    self.string();
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    fn string(&mut self) -> Span {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.text.get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == b'"' {
                break;
            }
        }
        Span::new(start, self.at.min(self.text.len()))
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(|byte| b" \t\r\n".contains(byte) || *byte > 0x7f) {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_scan_finds_what_the_spans_say() {
        let check = |name: &str, text: &str, pointer: &str, expected: &str| {
            let file = SourceFile::new(name, text);
            let found = locate(&file, &[&Pointer::parse(pointer), &Pointer::parse("/zzz")]);
            let span = found.first().copied().unwrap_or_default();
            assert_eq!(&text[span.start..span.end], expected, "{pointer}");
        };
        let text = r#"{"a": [1, {"b\"": {"c": "}"}}, [2]], "d": {"e": null, "f": -1.5e3}}"#;
        check("a.json", text, "/a/1/b\"/c", "\"c\"");
        check("a.json", text, "/a/2/0", "2");
        check("a.json", text, "/d/f", "\"f\"");
        check("a.json", text, "/d/none", "\"d\"");
        check("a.json", text, "/none", "{");
        check("a.yaml", "a:\n  b: 1\n", "/a/b", "b");
        check("a.json", "{\"a\": {\"b\": 1,}}", "/a/b", "\"b\"");
    }
}
