//! Inputs of the workflow that nothing reads.

use super::Linter;
use crate::diagnostic::codes;
use crate::resolve::{Template, input_name};
use crate::source::Pointer;

impl Linter<'_> {
    pub(super) fn inputs(&mut self, texts: &Template) {
        let mut read = Vec::new();
        for used in texts.expressions() {
            let text = used.expression.text();
            // The whole input is handed on, or a name that is only known when it runs.
            let is_whole = matches!(text.trim(), "workflow.input" | "workflow");
            if is_whole || text.contains("${") || text.contains("workflow.input[?") || text.contains("workflow.input.*")
            {
                return;
            }
            read.extend(input_name(text));
        }
        let base = Pointer::root().key("inputParameters");
        for (index, name) in self.def.input_parameters.iter().enumerate().filter(|(_, name)| !read.contains(name)) {
            let message = format!("the input `{name}` is declared, and nothing reads it");
            let help = format!("read it with `${{workflow.input.{name}}}`, or take it out of `inputParameters`");
            self.tell(codes::E0905, message, help, &base.index(index));
        }
    }
}
