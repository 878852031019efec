//! What the live view shows: a line for the run, one for each task, and what it waits for.

use legwork::decide::TaskAddress;
use legwork::host;
use legwork::report::{Paint, duration_ms};
use legwork::resolve::{TaskState, TaskStatus};
use legwork::run::Progress;

/// The signs that turn while something is under way.
const TURNING: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠹"];

/// The most tasks that are kept to be shown.
const KEPT: usize = 200;

/// What is known of a run so far.
pub(super) struct View {
    title: String,
    started_ms: i64,
    rows: Vec<Row>,
    ended: usize,
    until_ms: Option<i64>,
    frame: usize,
}

struct Row {
    task: TaskAddress,
    name: String,
    kind: String,
    started_ms: i64,
    end: Option<(TaskStatus, i64, String)>,
}

impl View {
    pub(super) fn new(title: &str) -> Self {
        let title = title.chars().filter(|ch| !ch.is_control()).collect();
        Self { title, started_ms: host::now_ms(), rows: Vec::new(), ended: 0, until_ms: None, frame: 0 }
    }

    pub(super) fn take_in(&mut self, progress: &Progress<'_>) {
        match progress {
            Progress::Started { task, state } => {
                self.until_ms = None;
                self.rows.push(Row::of(*task, state));
            }
            Progress::Ended { task, state } => self.end(*task, state),
            Progress::Waiting { until_ms } => self.until_ms = Some(*until_ms),
            Progress::Stopped { .. } => {}
        }
    }

    fn end(&mut self, task: TaskAddress, state: &TaskState) {
        self.until_ms = None;
        self.ended += 1;
        let end = Some((state.status, state.end_time - state.start_time, reason(state)));
        match self.rows.iter_mut().rev().find(|row| row.task == task && row.end.is_none()) {
            Some(row) => row.end = end,
            None => self.rows.push(Row { end, ..Row::of(task, state) }),
        }
        // What is under way is never forgotten.
        if self.rows.len() > KEPT
            && let Some(oldest) = self.rows.iter().position(|row| row.end.is_some())
        {
            self.rows.remove(oldest);
        }
    }

    /// The picture: at most one line less than the terminal has, none wider than it.
    pub(super) fn lines(&mut self, width: usize, height: usize, paint: Paint) -> Vec<String> {
        self.frame += 1;
        let now_ms = host::now_ms();
        let wait = self.until_ms.filter(|until| *until > now_ms).map(|until| waits(until - now_ms));
        let room = height.saturating_sub(2 + usize::from(wait.is_some()));
        let mut lines = vec![fit(&self.headline(now_ms), width, |text| paint.strong(text))];
        lines.extend(self.shown(room).into_iter().map(|row| row.line(now_ms, self.frame, width, paint)));
        lines.extend(wait.map(|wait| fit(&wait, width, |text| paint.warn(text))));
        lines
    }

    fn headline(&self, now_ms: i64) -> String {
        let open = self.rows.iter().filter(|row| row.end.is_none()).count();
        let under_way = if open == 0 { String::new() } else { format!(", {open} under way") };
        let took = elapsed(now_ms - self.started_ms);
        format!("{} {}  {took}  {} done{under_way}", turning(self.frame), self.title, self.ended)
    }

    /// The rows there is room for: those under way first, then the latest of the others; in their order.
    fn shown(&self, room: usize) -> Vec<&Row> {
        let open = self.rows.iter().filter(|row| row.end.is_none()).count();
        let mut ended = room.saturating_sub(open);
        let mut running = room;
        let mut shown: Vec<&Row> = Vec::new();
        for row in self.rows.iter().rev() {
            let left = if row.end.is_some() { &mut ended } else { &mut running };
            if *left > 0 {
                *left -= 1;
                shown.push(row);
            }
        }
        shown.truncate(room);
        shown.reverse();
        shown
    }
}

impl Row {
    fn of(task: TaskAddress, state: &TaskState) -> Self {
        let attempt =
            if state.retry_count > 0 { format!(" (attempt {})", state.retry_count + 1) } else { String::new() };
        let clean = |text: &str| text.chars().filter(|ch| !ch.is_control()).collect::<String>();
        let name = format!("{}{attempt}", clean(&state.reference_name));
        Self { task, name, kind: clean(&state.task_type), started_ms: host::now_ms(), end: None }
    }

    fn line(&self, now_ms: i64, frame: usize, width: usize, paint: Paint) -> String {
        match &self.end {
            None => {
                let took = elapsed(now_ms - self.started_ms);
                fit(&format!("  {} {}  {}  {took}", turning(frame), self.name, self.kind), width, |text| {
                    paint.strong(text)
                })
            }
            Some((status, took_ms, reason)) => {
                let good = *status == TaskStatus::Completed;
                let passed = matches!(status, TaskStatus::CompletedWithErrors | TaskStatus::Skipped);
                let mark = if good {
                    "✔"
                } else if passed {
                    "!"
                } else {
                    "✘"
                };
                let took = duration_ms((*took_ms).max(0));
                let text = format!("  {mark} {}  {}  {}  {took}{reason}", self.name, self.kind, status.as_str());
                fit(&text, width, |text| match (good, passed) {
                    (true, _) => paint.good(text),
                    (_, true) => paint.warn(text),
                    _ => paint.bad(text),
                })
            }
        }
    }
}

/// Why it did not complete, on the same line.
fn reason(state: &TaskState) -> String {
    let failed = state.status != TaskStatus::Completed;
    let reason = state.reason_for_incompletion.as_deref().filter(|_| failed).unwrap_or_default();
    let words = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = words.chars().filter(|ch| !ch.is_control()).collect();
    if clean.is_empty() { clean } else { format!("  {clean}") }
}

fn turning(frame: usize) -> &'static str {
    TURNING.get(frame % TURNING.len()).copied().unwrap_or("·")
}

/// `0.4 s`, `75 s`, `12 min 5 s`: so that it visibly moves.
fn elapsed(milliseconds: i64) -> String {
    match milliseconds.max(0) {
        short if short < 60_000 => format!("{}.{} s", short / 1000, short % 1000 / 100),
        long => format!("{} min {} s", long / 60_000, long % 60_000 / 1000),
    }
}

fn waits(left_ms: i64) -> String {
    format!("  … waits for {} more", elapsed(left_ms))
}

/// The text cut to the columns of the terminal, so that no line ever breaks, then coloured.
fn fit(text: &str, width: usize, paint: impl Fn(&str) -> String) -> String {
    let mut columns = 0;
    let end = text.char_indices().find(|(_, ch)| {
        columns += columns_of(*ch);
        columns >= width
    });
    match end {
        // The last column stays free: some terminals break the line when it is filled.
        Some((end, _)) => paint(text.get(..end).unwrap_or_default()),
        None => paint(text),
    }
}

/// East Asian letters and pictures take two columns.
fn columns_of(ch: char) -> usize {
    let wide = matches!(u32::from(ch),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60
        | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd);
    if wide { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use legwork::decide::{TaskIndex, WorkflowIndex};
    use serde_json::Value;

    fn state(name: &str, retry_count: u32, status: TaskStatus) -> TaskState {
        TaskState {
            task_type: "HTTP".into(),
            status,
            retry_count,
            end_time: 12,
            reason_for_incompletion: (status == TaskStatus::Failed).then(|| "it is\ndown".to_owned()),
            ..TaskState::completed(name, Value::Null)
        }
    }

    fn task(index: usize) -> TaskAddress {
        TaskAddress { workflow: WorkflowIndex::ROOT, task: TaskIndex::from(index) }
    }

    fn view() -> View {
        let mut view = View::new("w\u{1b}[2J");
        view.take_in(&Progress::Started { task: task(0), state: &state("a", 0, TaskStatus::Scheduled) });
        view.take_in(&Progress::Ended { task: task(0), state: &state("a", 0, TaskStatus::Failed) });
        view.take_in(&Progress::Started { task: task(1), state: &state("a", 1, TaskStatus::Scheduled) });
        view
    }

    /// The lines without what turns and what time it is.
    #[track_caller]
    fn check(view: &mut View, size: (usize, usize), expected: &[&str]) {
        let lines = view.lines(size.0, size.1, Paint::Plain);
        assert_eq!(lines.len(), expected.len(), "{lines:?}");
        for (line, words) in lines.iter().zip(expected) {
            assert!(line.contains(words), "no `{words}` in {line:?}");
        }
    }

    #[test]
    fn each_attempt_has_a_line_and_a_failure_its_reason() {
        let mut view = view();
        check(
            &mut view,
            (80, 24),
            &["w[2J  0.0 s  1 done, 1 under way", "✘ a  HTTP  FAILED  12 ms  it is down", "a (attempt 2)  HTTP  0.0 s"],
        );
        view.take_in(&Progress::Waiting { until_ms: host::now_ms() + 65_500 });
        check(&mut view, (80, 24), &["w", "✘ a", "a (attempt 2)", "… waits for 1 min 5 s more"]);
    }

    #[test]
    fn a_low_terminal_shows_what_is_under_way() {
        let mut view = view();
        check(&mut view, (80, 3), &["w", "a (attempt 2)"]);
        check(&mut view, (80, 2), &["w"]);
        for index in 2..600 {
            view.take_in(&Progress::Ended { task: task(index), state: &state("b", 0, TaskStatus::Completed) });
        }
        assert!(view.rows.len() <= KEPT && view.rows.iter().any(|row| row.end.is_none()));
        assert_eq!(view.lines(80, 24, Paint::Plain).len(), 23);
    }

    #[test]
    fn a_narrow_terminal_never_breaks_a_line() {
        let mut view = view();
        for width in [1, 2, 10, 20] {
            for line in view.lines(width, 24, Paint::Plain) {
                assert!(line.chars().map(columns_of).sum::<usize>() < width.max(1), "{width}: {line:?}");
            }
        }
        assert_eq!(fit("日本語", 5, str::to_owned), "日本");
        assert_eq!(fit("abc", 4, str::to_owned), "abc");
    }
}
