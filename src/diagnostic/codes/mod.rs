//! The codes, each with a page of its own: one file a layer, a block of numbers a file.

mod body;
mod catalogue;
mod definition;
mod expression;
mod http;
mod import;
mod lint;
mod run;
mod text;

pub use body::*;
pub use catalogue::*;
pub use definition::*;
pub use expression::*;
pub use http::*;
pub use import::*;
pub use lint::*;
pub use run::*;
pub use text::*;

use super::Severity;
use std::fmt;

/// A stable code such as `E0203`: its title, severity and page never depend on the place it is raised at.
#[derive(Clone, Copy)]
pub struct Code {
    id: &'static str,
    title: &'static str,
    severity: Severity,
    page: &'static str,
}

impl Code {
    /// The code itself, `E0203`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.id
    }

    /// A few words that name the problem.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.title
    }

    /// The severity it has unless a place says otherwise.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.severity
    }

    /// The page, Markdown.
    #[must_use]
    pub fn page(self) -> &'static str {
        self.page
    }

    /// The code of that name, upper or lower case.
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        all().find(|code| code.id.eq_ignore_ascii_case(id))
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Every code, in order of its number.
pub fn all() -> impl Iterator<Item = Code> {
    [TEXT, DEFINITION, EXPRESSION, BODY, CATALOGUE, RUN, HTTP, IMPORT, LINT].into_iter().flatten().copied()
}

/// Declares the codes of one block: `E0101 Error "title"`, each with its page `E0101.md` beside this file.
macro_rules! codes {
    ($(#[$doc:meta])* $block:ident: $($id:ident $severity:ident $title:literal)*) => {
        $(
            #[doc = $title]
            pub const $id: super::Code = super::Code {
                id: stringify!($id),
                title: $title,
                severity: crate::diagnostic::Severity::$severity,
                page: include_str!(concat!(stringify!($id), ".md")),
            };
        )*
        $(#[$doc])*
        pub const $block: &[super::Code] = &[$($id),*];
    };
}
use codes;
