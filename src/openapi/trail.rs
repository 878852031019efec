//! Where in the description something stands, without a text for each step.

use crate::source::Pointer;

/// A place of the description: its file, counted from the first, and a pointer into it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) pointer: Pointer,
}

/// The way from a place down to what is being looked at; made on the stack, and written out only for a flaw.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trail<'t> {
    Start(&'t Place),
    Key(&'t Trail<'t>, &'t str),
    Index(&'t Trail<'t>, usize),
}

impl Trail<'_> {
    pub(super) fn file(&self) -> usize {
        match self {
            Self::Start(place) => place.file,
            Self::Key(above, _) | Self::Index(above, _) => above.file(),
        }
    }

    pub(super) fn place(&self) -> Place {
        Place { file: self.file(), pointer: self.pointer() }
    }

    fn pointer(&self) -> Pointer {
        match self {
            Self::Start(place) => place.pointer.clone(),
            Self::Key(above, key) => {
                let mut pointer = above.pointer();
                pointer.push(key);
                pointer
            }
            Self::Index(above, index) => above.pointer().index(*index),
        }
    }
}
