//! RFC 6901 pointers.

use std::borrow::Cow;
use std::fmt;

/// An RFC 6901 JSON Pointer, `""` for the root, `/user_info/type` below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The root, `""`.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The root, with room for so many bytes below it.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// A pointer from its text; a text without a leading slash gets one, `""` is the root.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.is_empty() || text.starts_with('/') { Self(text.to_owned()) } else { Self(format!("/{text}")) }
    }

    /// The pointer one key further down; `~` and `/` in the key are escaped.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + key.len());
        text.push_str(&self.0);
        let mut pointer = Self(text);
        pointer.push(key);
        pointer
    }

    /// Goes one key further down; `~` and `/` in the key are escaped.
    pub fn push(&mut self, key: &str) {
        let Self(text) = self;
        text.push('/');
        if !key.contains(['~', '/']) {
            return text.push_str(key);
        }
        for ch in key.chars() {
            match ch {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
    }

    /// The pointer one list index further down.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// `self` followed by `rest`.
    #[must_use]
    pub fn join(&self, rest: &Pointer) -> Self {
        Self(format!("{}{}", self.0, rest.0))
    }

    /// What is left of `self` below `base`; `None` when it does not stand there.
    #[must_use]
    pub fn below(&self, base: &Pointer) -> Option<Self> {
        let rest = self.0.strip_prefix(&base.0)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| Self(rest.to_owned()))
    }

    /// The first step below `base`, unescaped, and the text of what is left behind it; `None` when nothing of it stands below.
    #[must_use]
    pub fn first_below(&self, base: &Pointer) -> Option<(Cow<'_, str>, &str)> {
        first_step(self.0.strip_prefix(&base.0)?)
    }

    /// The pointer without its last step; `None` at the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|at| Self(self.0[..at].to_owned()))
    }

    /// The steps, unescaped, from the root down.
    pub fn steps(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(unescaped)
    }

    /// The text of the pointer.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first step of a pointer's text, unescaped, and the text of what is left behind it; `None` at the root.
pub(crate) fn first_step(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let rest = text.strip_prefix('/')?;
    let (step, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let step = if step.contains('~') { Cow::Owned(unescaped(step)) } else { Cow::Borrowed(step) };
    Some((step, below))
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
