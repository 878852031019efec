//! Which input of the workflow an expression reads.

/// `email` of `workflow.input.email.domain` and of `workflow.input['email']`; `None` for anything else.
#[must_use]
pub fn input_name(expression: &str) -> Option<String> {
    let rest = expression.trim().strip_prefix("workflow.input")?;
    for quote in ['\'', '"'] {
        if let Some(quoted) = rest.strip_prefix(['[']).and_then(|rest| rest.strip_prefix(quote)) {
            return quoted.split_once(quote).map(|(name, _)| name.to_owned());
        }
    }
    let name = rest.strip_prefix('.')?;
    let end = name.find(['.', '[']).unwrap_or(name.len());
    (end > 0).then(|| name[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_below_the_input_is_it() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(input_name(text).as_deref(), expected, "{text}");
        check("workflow.input.email", Some("email"));
        check(" workflow.input.a.b[0]", Some("a"));
        check("workflow.input['first name'].x", Some("first name"));
        check("workflow.input[\"a\"]", Some("a"));
        check("workflow.input", None);
        check("workflow.inputs.a", None);
        check("create.output.email", None);
    }
}
