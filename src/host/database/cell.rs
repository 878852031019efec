//! What goes into a statement and comes out of it: texts, numbers and nothing.

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// No text; SQL knows of no number that is none here.
    Null,
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

/// A row of an answer. A cell that is not there is [`Cell::Null`].
#[derive(Debug, Clone, Default)]
pub struct Row(pub Vec<Cell>);

impl Row {
    /// A text; empty when it is none.
    #[must_use]
    pub fn text(&self, at: usize) -> String {
        self.text_or_none(at).unwrap_or_default()
    }

    /// A text.
    #[must_use]
    pub fn text_or_none(&self, at: usize) -> Option<String> {
        match self.0.get(at) {
            Some(Cell::Text(text)) => Some(text.clone()),
            _ => None,
        }
    }

    /// A number.
    #[must_use]
    pub fn number(&self, at: usize) -> Option<i64> {
        match self.0.get(at) {
            Some(Cell::Number(number)) => Some(*number),
            _ => None,
        }
    }
}
