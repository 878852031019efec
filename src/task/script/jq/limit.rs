//! What a program may use: time, depth and memory.

use super::super::MEMORY_LIMIT;
use std::cell::Cell;
use std::time::Instant;

/// Calls inside calls. The stack of a script's thread holds several times as many.
const MAX_DEPTH: usize = 2000;

/// Results of one filter.
const MAX_RESULTS: usize = 1_000_000;

/// Why a program ended without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// An error, which `try` catches.
    Error(String),
    /// `break`, which ends the `foreach` or `reduce` around it.
    Break,
    TimedOut,
    OutOfMemory,
    TooDeep,
}

impl Stop {
    pub(super) fn error<T>(message: impl Into<String>) -> Result<T, Self> {
        Err(Self::Error(message.into()))
    }
}

/// The limits of one program.
pub(super) struct Limits {
    deadline: Instant,
    steps: Cell<u64>,
    depth: Cell<usize>,
}

impl Limits {
    pub(super) fn until(deadline: Instant) -> Self {
        Self { deadline, steps: Cell::new(0), depth: Cell::new(0) }
    }

    /// Counts one step; looks at the clock every now and then.
    pub(super) fn step(&self) -> Result<(), Stop> {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps.is_multiple_of(256) && Instant::now() >= self.deadline { Err(Stop::TimedOut) } else { Ok(()) }
    }

    /// Does something one level deeper.
    pub(super) fn deeper<T>(&self, step: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
        let depth = self.depth.get() + 1;
        if depth > MAX_DEPTH {
            return Err(Stop::TooDeep);
        }
        self.depth.set(depth);
        let result = step();
        self.depth.set(depth - 1);
        result
    }

    /// Checks how many results one filter has gathered.
    pub(super) fn results(&self, count: usize) -> Result<(), Stop> {
        if count > MAX_RESULTS { Err(Stop::OutOfMemory) } else { self.step() }
    }
}

thread_local! {
    /// Bytes in values that are alive on this thread.
    static ALIVE: Cell<usize> = const { Cell::new(0) };
}

/// Something whose bytes are counted as long as it lives.
#[derive(Debug)]
pub(super) struct Counted<T> {
    value: T,
    bytes: usize,
}

impl<T> Counted<T> {
    /// Counts a value; refuses it when there is no room.
    pub(super) fn new(value: T, bytes: usize) -> Result<Self, Stop> {
        let alive = ALIVE.get() + bytes;
        if alive > MEMORY_LIMIT {
            return Err(Stop::OutOfMemory);
        }
        ALIVE.set(alive);
        Ok(Self { value, bytes })
    }

    pub(super) fn get(&self) -> &T {
        &self.value
    }
}

impl<T> Drop for Counted<T> {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get().saturating_sub(self.bytes));
    }
}

/// Refuses a value of so many bytes before it is made.
pub(super) fn room_for(bytes: usize) -> Result<(), Stop> {
    if ALIVE.get().saturating_add(bytes) > MEMORY_LIMIT { Err(Stop::OutOfMemory) } else { Ok(()) }
}
