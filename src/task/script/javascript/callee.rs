//! How GraalJS names what is not a function: `$.s.trim().x()` is `(intermediate value).s.trim(...).x`.

/// What a failing call calls.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Callee {
    /// As GraalJS shows it.
    pub(super) shown: String,
    /// The text of the object whose member is called.
    pub(super) receiver: Option<String>,
    /// The member's name.
    pub(super) member: Option<String>,
    /// Whether `new` stands before it.
    pub(super) is_new: bool,
}

/// Names that are there without being declared: GraalJS does not show them.
const GLOBALS: [&str; 17] = [
    "$",
    "this",
    "Math",
    "JSON",
    "Object",
    "Array",
    "String",
    "Number",
    "Boolean",
    "Date",
    "RegExp",
    "Map",
    "Set",
    "Symbol",
    "Promise",
    "Reflect",
    "globalThis",
];

const INTERMEDIATE: &str = "(intermediate value)";

/// The callee of the call at a line and column, both from 1, which QuickJS points to: the last dot of a member, or what stands
/// before the callee.
pub(super) fn callee(text: &str, line: u32, column: u32) -> Option<Callee> {
    let source: Vec<char> = text.chars().collect();
    let at = offset(&source, line, column)?;
    let (start, dot) = match source.get(at)? {
        '.' => (chain_start(&source, at), Some(at)),
        '[' => (chain_start(&source, at), None),
        _ => (skip_space(&source, at), None),
    };
    let end = callee_end(&source, dot.map_or(start.max(at), |dot| dot + 1));
    let chain: String = source.get(start..end)?.iter().collect();
    let member = dot.and_then(|dot| {
        let name: String = source.get(dot + 1..end)?.iter().collect();
        name.chars().all(is_name).then_some(name)
    });
    let receiver = member.as_ref().and(dot).and_then(|dot| Some(source.get(start..dot)?.iter().collect()));
    let before: String = source.get(..start)?.iter().collect();
    let after_new = before.trim_end().ends_with("new");
    // What `new` made is the operand; otherwise `new` is what fails.
    let made = chain.find('(').filter(|_| after_new).map(|open| closing(&source, start + open) - start);
    let shown = match made.and_then(|made| chain.get(made..)) {
        Some(rest) => format!("{INTERMEDIATE}{}", show(&format!("x{rest}")).trim_start_matches('x')),
        None => show(&chain),
    };
    Some(Callee { shown, receiver, member, is_new: after_new && made.is_none() })
}

/// The first argument of the call whose member's dot is there, as a literal; `undefined` when there is none.
pub(super) fn first_argument(text: &str, line: u32, column: u32) -> Option<String> {
    let source: Vec<char> = text.chars().collect();
    let at = offset(&source, line, column)?;
    let open = at + source.get(at..)?.iter().position(|ch| *ch == '(')?;
    let close = open + source.get(open..)?.iter().position(|ch| *ch == ')' || *ch == ',')?;
    let argument: String = source.get(open + 1..close)?.iter().collect();
    let argument = argument.trim();
    Some(if argument.is_empty() { "undefined".to_owned() } else { argument.to_owned() })
}

fn offset(source: &[char], line: u32, column: u32) -> Option<usize> {
    let mut start = 0;
    for _ in 1..line {
        start += source.get(start..)?.iter().position(|ch| *ch == '\n')? + 1;
    }
    Some(start + usize::try_from(column).ok()?.checked_sub(1)?)
}

fn is_name(ch: char) -> bool {
    ch.is_alphanumeric() || ch == '_' || ch == '$'
}

fn skip_space(source: &[char], mut at: usize) -> usize {
    while source.get(at).is_some_and(|ch| ch.is_whitespace() || *ch == ';' || *ch == '=') {
        at += 1;
    }
    at
}

/// Where the chain of members, calls and indexes that ends before `at` starts.
fn chain_start(source: &[char], mut at: usize) -> usize {
    loop {
        let Some(last) = at.checked_sub(1).and_then(|last| source.get(last)) else { return at };
        at = match last {
            ')' | ']' | '}' => opening(source, at - 1),
            '"' | '\'' | '`' => return string_start(source, at - 1),
            ch if is_name(*ch) => name_start(source, at),
            _ => return at,
        };
        match at.checked_sub(1).and_then(|before| source.get(before)) {
            Some('.') => at -= 1,
            Some(ch) if matches!(ch, ')' | ']') || is_name(*ch) => {}
            _ => return at,
        }
    }
}

fn name_start(source: &[char], mut at: usize) -> usize {
    while at > 0 && source.get(at - 1).is_some_and(|ch| is_name(*ch)) {
        at -= 1;
    }
    at
}

fn string_start(source: &[char], close: usize) -> usize {
    let quote = source.get(close);
    source.get(..close).and_then(|before| before.iter().rposition(|ch| Some(ch) == quote)).unwrap_or(close)
}

/// The bracket that the one at `close` closes.
fn opening(source: &[char], close: usize) -> usize {
    let mut depth = 0_usize;
    for at in (0..=close).rev() {
        match source.get(at) {
            Some(')' | ']' | '}') => depth += 1,
            Some('(' | '[' | '{') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    0
}

/// The bracket that closes the one at `open`, and one more.
fn closing(source: &[char], open: usize) -> usize {
    let mut depth = 0_usize;
    for at in open..source.len() {
        match source.get(at) {
            Some('(' | '[' | '{') => depth += 1,
            Some(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    source.len()
}

/// Where the callee that starts there ends: before the bracket that calls it.
fn callee_end(source: &[char], start: usize) -> usize {
    let mut at = match source.get(start) {
        Some('(' | '[') => closing(source, start),
        Some(quote @ ('"' | '\'' | '`')) => {
            let rest = source.get(start + 1..).unwrap_or_default();
            start + 2 + rest.iter().position(|ch| ch == quote).unwrap_or(rest.len())
        }
        _ => start,
    };
    loop {
        at = match source.get(at) {
            Some(ch) if is_name(*ch) || *ch == '.' => at + 1,
            Some('[') => closing(source, at),
            _ => return at,
        };
    }
}

/// A chain as GraalJS shows it.
fn show(chain: &str) -> String {
    let source: Vec<char> = chain.chars().collect();
    let (mut shown, mut at) = head(&source);
    while let Some(ch) = source.get(at) {
        let end = match ch {
            '(' | '[' => closing(&source, at),
            _ => at + 1 + source.iter().skip(at + 1).take_while(|ch| is_name(**ch)).count(),
        };
        let part: String = source.get(at..end).unwrap_or_default().iter().collect();
        match ch {
            '(' => shown.push_str("(...)"),
            '[' => shown.push_str(&part.replace('\'', "\"")),
            _ => shown.push_str(&part),
        }
        at = end;
    }
    shown
}

/// The first operand of a chain, as shown, and where it ends.
fn head(source: &[char]) -> (String, usize) {
    let text = |from: usize, to: usize| source.get(from..to).unwrap_or_default().iter().collect::<String>();
    match source.first() {
        Some('"' | '\'' | '`') => {
            let end = callee_end(source, 0);
            let end =
                end.min(1 + source.iter().skip(1).position(|ch| Some(ch) == source.first()).map_or(0, |at| at + 1));
            (format!("\"{}\"", text(1, end - 1)), end)
        }
        Some('(') => {
            let end = closing(source, 0);
            let inside = text(1, end - 1);
            let is_number = !inside.is_empty() && inside.chars().all(|ch| ch.is_ascii_digit() || ch == '.');
            (if is_number { inside } else { INTERMEDIATE.to_owned() }, end)
        }
        Some('[' | '{') => (INTERMEDIATE.to_owned(), closing(source, 0)),
        _ => {
            let end = source.iter().take_while(|ch| is_name(**ch)).count();
            let name = text(0, end);
            let hidden = name.is_empty() || GLOBALS.contains(&name.as_str());
            (if hidden { INTERMEDIATE.to_owned() } else { name }, end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::callee;

    fn check(text: &str, column: u32, expected: &str) {
        assert_eq!(callee(text, 1, column).map(|callee| callee.shown).as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn callees_are_named_as_graaljs_names_them() {
        check("$.s.x()", 4, "(intermediate value).s.x");
        check("let a = {}; a.b()", 14, "a.b");
        check("let a = {}; a['b']()", 12, "a[\"b\"]");
        check("let a = []; a[0]()", 12, "a[0]");
        check("var a = {b: {}}; a.b['c']()", 19, "a.b[\"c\"]");
        check("(1)()", 1, "1");
        check("\"x\".foo()", 4, "\"x\".foo");
        check("$.l.map(x => x).foo()", 16, "(intermediate value).l.map(...).foo");
        check("function f(){ return {} }; f().x()", 31, "f(...).x");
        check("[1,2].foo()", 6, "(intermediate value).foo");
        check("var a; a()", 7, "a");
        check("$.l[0].x()", 7, "(intermediate value).l[0].x");
        check("(5).foo()", 4, "5.foo");
        check("$.s.trim().foo()", 11, "(intermediate value).s.trim(...).foo");
        check("new Date().foo()", 11, "(intermediate value).foo");
        check("new $.n()", 5, "(intermediate value).n");
        check("var a = {b: {}}, k='q'; a.b[k]()", 28, "a.b[k]");
        check("Math.foo()", 5, "(intermediate value).foo");
    }
}
