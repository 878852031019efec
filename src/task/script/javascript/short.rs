//! Scripts that are short by construction, told by their words alone.
//!
//! Such a script reads its input, computes and compares; it assigns nothing, loops over nothing, and calls only methods that
//! take time in proportion to what they read. So it cannot leave a trace in its global scope, and ends in microseconds.

const LONGEST: usize = 4000;

/// Words that may stand alone. Everything else that is not a member's name could be a variable, or do something.
const WORDS: [&str; 11] =
    ["$", "true", "false", "null", "undefined", "NaN", "Infinity", "if", "else", "typeof", "Math"];

/// Methods that give a value and change nothing, in time proportional to what they read.
const METHODS: [&str; 31] = [
    "abs",
    "ceil",
    "charAt",
    "contains",
    "containsKey",
    "endsWith",
    "floor",
    "get",
    "getOrDefault",
    "hasOwnProperty",
    "includes",
    "indexOf",
    "isEmpty",
    "keySet",
    "lastIndexOf",
    "max",
    "min",
    "pow",
    "round",
    "size",
    "slice",
    "startsWith",
    "substring",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "trim",
    "trunc",
    "sqrt",
    "sign",
    "valueOf",
];

/// What the token before is, as far as the next one depends on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before<'t> {
    /// An operator, an opening bracket, or the start: an operand follows.
    Operator,
    /// `.`: a member's name follows.
    Dot,
    /// A member's name, which an opening bracket makes a call.
    Member(&'t str),
    /// A word that takes brackets without being called: `if`.
    Keyword,
    /// The end of an operand.
    Operand,
}

/// Whether a script is short by construction.
pub(crate) fn is_short(text: &str) -> bool {
    text.len() <= LONGEST && walk(text).is_some()
}

/// Goes through the tokens; `None` at the first that is not among the harmless ones.
fn walk(text: &str) -> Option<()> {
    let mut before = Before::Operator;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (length, after) = match first {
            '"' | '\'' => (quoted(rest, first)?, Before::Operand),
            '0'..='9' => (number(rest), Before::Operand),
            'a'..='z' | 'A'..='Z' | '_' | '$' => word(rest, before)?,
            '.' => (1, Before::Dot),
            '(' => (1, opening(before)?),
            ')' | ']' => (1, Before::Operand),
            '[' | '{' | '}' | ',' | ';' | ':' => (1, Before::Operator),
            _ => (operator(rest, before)?, Before::Operator),
        };
        let length_is_spread = first == '.' && rest.starts_with("..");
        if length_is_spread {
            return None;
        }
        before = after;
        rest = rest.get(length..)?.trim_start();
    }
    Some(())
}

/// The length of a text, quotes included. Escapes are left to the ones that need more care.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let inside = rest.get(1..)?;
    let end = inside.find([quote, '\\', '\n', '\r'])?;
    inside.get(end..)?.starts_with(quote).then_some(end + 2)
}

fn number(rest: &str) -> usize {
    rest.find(|ch: char| !ch.is_ascii_digit() && ch != '.').unwrap_or(rest.len())
}

fn word<'t>(rest: &'t str, before: Before<'_>) -> Option<(usize, Before<'t>)> {
    let length = rest.find(|ch: char| !ch.is_ascii_alphanumeric() && ch != '_' && ch != '$').unwrap_or(rest.len());
    let name = rest.get(..length)?;
    let after = rest.get(length..)?.trim_start();
    match before {
        Before::Dot => Some((length, Before::Member(name))),
        // The name of a member of a literal object.
        Before::Operator if after.starts_with(':') && !after.starts_with("::") && !WORDS.contains(&name) => {
            Some((length, Before::Operator))
        }
        _ if WORDS.contains(&name) => Some((length, if name == "if" { Before::Keyword } else { keyword(name) })),
        _ => None,
    }
}

fn keyword(name: &str) -> Before<'static> {
    if matches!(name, "else" | "typeof") { Before::Operator } else { Before::Operand }
}

/// A bracket that groups, or calls a harmless method.
fn opening(before: Before<'_>) -> Option<Before<'static>> {
    match before {
        Before::Operator | Before::Keyword => Some(Before::Operator),
        Before::Member(name) if METHODS.contains(&name) => Some(Before::Operator),
        _ => None,
    }
}

/// The length of an operator that computes or compares; those that assign are not among them, nor is the start of a regular
/// expression.
fn operator(rest: &str, before: Before<'_>) -> Option<usize> {
    const OPERATORS: [&str; 27] = [
        ">>>", "===", "!==", "<<", ">>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "**", "<", ">", "+", "-", "*",
        "/", "%", "!", "?", "|", "&", "^", "~",
    ];
    let found = OPERATORS.iter().find(|operator| rest.starts_with(**operator))?;
    let after = rest.get(found.len()..)?;
    let assigns = after.starts_with('=') || after.starts_with('>') && *found == "=";
    let steps = matches!(*found, "+" | "-") && after.starts_with(*found);
    let is_operand = matches!(before, Before::Operator | Before::Keyword);
    let comment_or_pattern = *found == "/" && (is_operand || after.starts_with(['/', '*']));
    let member = *found == "?.";
    (!assigns && !steps && !comment_or_pattern && !member).then_some(found.len())
}

#[cfg(test)]
mod tests {
    use super::is_short;

    fn check(text: &str, expected: bool) {
        assert_eq!(is_short(text), expected, "{text}");
    }

    #[test]
    fn conditions_and_choices_are_short() {
        check("$.loop['iteration'] < 10", true);
        check("if ($.loop['iteration'] < $.count) { true; } else { false; }", true);
        check("$.n > 10 ? 'big' : 'small'", true);
        check("($.a && !$.b) || $.c.length === 3", true);
        check("$.name.toUpperCase().startsWith('A')", true);
        check("({ok: $.a === 3, n: [1, 'x', null]})", true);
        check("Math.max($.a, $.b) * 1.5", true);
        check("$.a.b.c", true);
        check("", true);
    }

    #[test]
    fn what_could_change_its_surroundings_or_take_long_is_not() {
        for text in [
            "x = 1",
            "$.a = 1",
            "$.a += 1",
            "$.a++",
            "--$.a",
            "let x = 1; x",
            "for (;;) ;",
            "while (true) ;",
            "(() => 1)()",
            "function f() {}",
            "$.a.map(x => x)",
            "$.s.repeat(9)",
            "$.a['constructor']('x')()",
            "($.f)()",
            "''['constructor']['constructor']('return 1')()",
            "$.constructor.constructor('x')()",
            "`${$.a}`",
            "/(a+)+$/.test($.s)",
            "$.a / /b/",
            "new Date()",
            "delete $.a",
            "throw 1",
            "foo",
            "Math.random = 1",
            "[...$.a]",
            "$.a?.b",
            "$.a // comment",
            "eval('1')",
            "Math['random']()",
            "$.x ||= 1",
            "1 <<= 2",
            "({get x() { return 1 }})",
            "({f() { }})",
        ] {
            check(text, false);
        }
    }
}
