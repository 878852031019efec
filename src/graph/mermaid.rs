//! Mermaid flowcharts: for Markdown pages, issues and merge requests.

use super::{Edge, Frame, Graph, Item, Line, Node, Shape, State};
use serde_json::Value;
use std::fmt::Write;

/// The picture as a Mermaid flowchart (mermaid.js.org, syntax of version 10 and later).
#[must_use]
pub fn mermaid(graph: &Graph) -> String {
    // The title is YAML, and is shown as it is: an entity in it would not be decoded.
    let mut text = format!("---\ntitle: {}\n---\nflowchart TD\n", Value::from(graph.title.as_str()));
    let mut frames = 0;
    items(&mut text, graph, &graph.top, 1, &mut frames);
    for edge in &graph.edges {
        let _ = writeln!(text, "  {}", edge_line(edge));
    }
    styles(&mut text, graph);
    text
}

fn items(text: &mut String, graph: &Graph, of: &[Item], depth: usize, frames: &mut usize) {
    let indent = "  ".repeat(depth);
    for item in of {
        match item {
            Item::Node(index) => {
                if let Some(node) = graph.nodes.get(*index) {
                    let _ = writeln!(text, "{indent}n{index}{}", shape(node));
                }
            }
            Item::Box(Frame { label, items: inner }) => {
                *frames += 1;
                let _ = writeln!(text, "{indent}subgraph b{frames}[{}]", quoted(label));
                items(text, graph, inner, depth + 1, frames);
                let _ = writeln!(text, "{indent}end");
            }
        }
    }
}

fn shape(node: &Node) -> String {
    let lines: Vec<_> = node.lines.iter().map(|line| escaped(line)).collect();
    let label = format!("\"{}\"", lines.join("<br/>"));
    match node.shape {
        Shape::Start | Shape::End => format!("([{label}])"),
        Shape::Task => format!("[{label}]"),
        Shape::Choice => format!("{{{label}}}"),
        Shape::Fork => format!("[/{label}\\]"),
        Shape::Join => format!("[\\{label}/]"),
        Shape::Loop => format!("{{{{{label}}}}}"),
        Shape::Workflow => format!("[[{label}]]"),
        Shape::Wait => format!("({label})"),
        Shape::Stop => format!("((({label})))"),
        Shape::Many => format!("[({label})]"),
    }
}

fn edge_line(edge: &Edge) -> String {
    let arrow = match (edge.taken, edge.line) {
        (true, Line::Solid | Line::Back) => "==>",
        (false, Line::Solid | Line::Back) => "-->",
        (_, Line::Dotted) => "-.->",
    };
    match &edge.label {
        Some(label) => format!("n{} {arrow}|{}| n{}", edge.from, quoted(label), edge.to),
        None => format!("n{} {arrow} n{}", edge.from, edge.to),
    }
}

/// Colours that are readable on a light page and on a dark one.
fn styles(text: &mut String, graph: &Graph) {
    let classes = [
        (State::Good, "good", "fill:#d3f0da,stroke:#2e7d32,color:#10351a"),
        (State::Passed, "passed", "fill:#fdf0c8,stroke:#b7860b,color:#4a3700"),
        (State::Bad, "bad", "fill:#fbd5d5,stroke:#c62828,color:#5a1111,stroke-width:2px"),
        (State::Open, "open", "fill:#d6e6fb,stroke:#1565c0,color:#0d2f57"),
        (State::Unreached, "unreached", "fill:#f2f2f2,stroke:#b5b5b5,color:#7a7a7a,stroke-dasharray:4 3"),
    ];
    for (state, name, style) in classes {
        let of = graph.nodes.iter().enumerate().filter(|(_, node)| node.state == state);
        let names: Vec<_> = of.map(|(index, _)| format!("n{index}")).collect();
        if !names.is_empty() {
            let _ = writeln!(text, "  classDef {name} {style}\n  class {} {name}", names.join(","));
        }
    }
    let taken = graph.edges.iter().enumerate().filter(|(_, edge)| edge.taken);
    let taken: Vec<_> = taken.map(|(index, _)| index.to_string()).collect();
    if !taken.is_empty() {
        let _ = writeln!(text, "  linkStyle {} stroke:#2e7d32,stroke-width:3px", taken.join(","));
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Everything but letters, digits and a few harmless characters as an entity: what is special depends on the place.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for ch in text.chars() {
        if ch.is_alphanumeric() || matches!(ch, ' ' | '_' | '-' | '.' | ',' | '(' | ')' | '/' | '…') {
            escaped.push(ch);
        } else {
            let _ = write!(escaped, "#{};", u32::from(ch));
        }
    }
    escaped
}
