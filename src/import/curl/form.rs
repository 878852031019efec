//! `-F`: the parts of a multipart form.

use super::ReadText;
use crate::import::call::Part;

/// The part of `-F NAME=CONTENT`: `@FILE` and `<FILE`, and behind it `;type=`, `;filename=`. `literal` is `--form-string`.
pub(super) fn part(text: &str, literal: bool, read: &mut ReadText<'_>) -> Result<Part, String> {
    let (name, content) = text.split_once('=').ok_or_else(|| format!("`-F {text}` has no `=`"))?;
    let mut part = Part { name: name.to_owned(), ..Part::default() };
    if literal {
        content.clone_into(&mut part.content);
        return Ok(part);
    }
    let (content, rest) = match content.strip_prefix(['@', '<']) {
        Some(path) => {
            let (path, rest) = word(path);
            if content.starts_with('@') {
                part.is_file = true;
                (path, rest)
            } else {
                (read(&path)?, rest)
            }
        }
        None => word(content),
    };
    part.content = content;
    let mut rest = rest;
    while let Some(option) = rest.strip_prefix(';') {
        let (name, after) = option.split_once('=').unwrap_or((option, ""));
        let (mut value, mut left) = word(after);
        match name.trim() {
            // A content type may have parameters of its own.
            "type" => {
                while let Some(parameter) = left.strip_prefix(';').filter(|left| is_parameter(left)) {
                    let (parameter, next) = word(parameter);
                    value = format!("{value};{parameter}");
                    left = next;
                }
                part.content_type = Some(value.trim().to_owned());
            }
            "filename" => part.file_name = Some(value),
            _ => {}
        }
        rest = left;
    }
    Ok(part)
}

fn is_parameter(text: &str) -> bool {
    let name = text.split('=').next().unwrap_or_default().trim();
    !["type", "filename", "headers", "encoder"].contains(&name)
}

/// A word in quotes, or everything up to a semicolon; and what follows it.
fn word(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text.get(..end).unwrap_or_default().to_owned(), text.get(end..).unwrap_or_default());
    };
    let mut word = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, ch)) = chars.next() {
        match ch {
            '"' => return (word, quoted.get(at + 1..).unwrap_or_default().trim_start()),
            '\\' => word.extend(chars.next().map(|(_, ch)| ch)),
            ch => word.push(ch),
        }
    }
    (word, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, content: &str, is_file: bool, file_name: Option<&str>, content_type: Option<&str>) {
        let mut read = |path: &str| Ok(format!("text of {path}"));
        let part = part(text, false, &mut read).expect("a part");
        let found = (part.content.as_str(), part.is_file, part.file_name.as_deref(), part.content_type.as_deref());
        assert_eq!(found, (content, is_file, file_name, content_type), "{text}");
    }

    #[test]
    fn parts_are_read_as_curl_does() {
        check("a=b", "b", false, None, None);
        check("a=@f.png", "f.png", true, None, None);
        check(
            "a=@\"x;y \\\"z\\\".png\";type=image/png;filename=\"a;b\"",
            "x;y \"z\".png",
            true,
            Some("a;b"),
            Some("image/png"),
        );
        check("a=<f", "text of f", false, None, None);
        check("a=\"b;c\";type=text/plain; charset=utf-8", "b;c", false, None, Some("text/plain; charset=utf-8"));
        check("a={\"x\":1};type=application/json", "{\"x\":1}", false, None, Some("application/json"));
    }
}
