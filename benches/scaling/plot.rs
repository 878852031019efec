//! A small line plot as SVG, readable on light and on dark paper.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 500.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 255.0;
/// Seen well on white and on black, and told apart by those who see few colours.
const COLOURS: [&str; 5] = ["#3b82f6", "#e06c00", "#10a37f", "#c14fd0", "#a08a00"];

/// One line: a name and its points, the number of tasks and a figure.
pub(crate) struct Series {
    name: &'static str,
    points: Vec<(usize, f64)>,
}

impl Series {
    pub(crate) fn new(name: &'static str, points: Vec<(usize, f64)>) -> Self {
        Self { name, points }
    }
}

/// Figures over numbers of tasks, which grow tenfold from one mark to the next. Flat lines are good lines.
pub(crate) struct Plot {
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) series: Vec<Series>,
}

impl Plot {
    /// Writes the picture below the project's root.
    pub(crate) fn write(&self, path: &str) -> io::Result<()> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        fs::write(path, self.svg())
    }

    fn svg(&self) -> String {
        let most =
            round_up(self.series.iter().flat_map(|line| &line.points).map(|(_, figure)| *figure).fold(0.0, f64::max));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <style>text {{ fill: #333 }} .grid {{ stroke: #8886 }} @media (prefers-color-scheme: dark) {{ text {{ fill: #ccc }} }}</style>\n\
             <text x=\"{LEFT}\" y=\"24\" font-size=\"15\">{}, {}</text>\n",
            self.title, self.unit,
        );
        self.grid(&mut svg, most);
        for (index, line) in self.series.iter().enumerate() {
            let colour = COLOURS[index % COLOURS.len()];
            let points: Vec<_> =
                line.points.iter().map(|(count, figure)| format!("{:.0},{:.1}", x(*count), y(*figure, most))).collect();
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                points.join(" ")
            );
            let at = TOP + 18.0 * super::approximate(index);
            let last = line.points.last().map_or(0.0, |(_, figure)| *figure);
            let _ = writeln!(
                svg,
                "<rect x=\"{}\" y=\"{:.0}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>",
                RIGHT + 20.0,
                at - 9.0
            );
            let _ = writeln!(svg, "<text x=\"{}\" y=\"{at:.0}\">{}: {last:.1}</text>", RIGHT + 35.0, line.name);
        }
        svg + "</svg>\n"
    }

    fn grid(&self, svg: &mut String, most: f64) {
        for part in 0..=4 {
            let figure = most * f64::from(part) / 4.0;
            let at = y(figure, most);
            let _ = writeln!(svg, "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{RIGHT}\"/>");
            let _ =
                writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", LEFT - 8.0, at + 4.0, figure);
        }
        let counts = self.series.iter().flat_map(|line| line.points.iter().map(|(count, _)| *count));
        let mut counts: Vec<_> = counts.collect();
        counts.sort_unstable();
        counts.dedup();
        for count in counts {
            let _ = writeln!(
                svg,
                "<text x=\"{:.0}\" y=\"{}\" text-anchor=\"middle\">{count} tasks</text>",
                x(count),
                BOTTOM + 20.0
            );
        }
    }
}

/// 10 at the left, 10,000 at the right.
fn x(count: usize) -> f64 {
    LEFT + 20.0 + (super::approximate(count).log10() - 1.0) / 3.0 * (RIGHT - LEFT - 40.0)
}

fn y(figure: f64, most: f64) -> f64 {
    BOTTOM - figure / most * (BOTTOM - TOP)
}

/// The next 1, 2, 4 or 8 times a power of ten.
fn round_up(figure: f64) -> f64 {
    let ten = 10_f64.powf(figure.max(1e-9).log10().floor());
    [1.0, 2.0, 4.0, 8.0, 10.0].into_iter().map(|step| step * ten).find(|mark| *mark >= figure).unwrap_or(figure)
}
