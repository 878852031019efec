//! DOT, Graphviz' language: `dot -Tsvg`.

use super::{Edge, Frame, Graph, Item, Line, Node, Shape, State};
use std::fmt::Write;

/// The picture in Graphviz' DOT.
#[must_use]
pub fn dot(graph: &Graph) -> String {
    let mut text = format!("digraph {} {{\n", quoted(&graph.title));
    text.push_str("  graph [rankdir=TB, fontname=\"sans-serif\", fontsize=11, compound=true];\n");
    text.push_str("  node [fontname=\"sans-serif\", fontsize=11, style=filled, fillcolor=white];\n");
    text.push_str("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    let mut frames = 0;
    items(&mut text, graph, &graph.top, 1, &mut frames);
    for edge in &graph.edges {
        let _ = writeln!(text, "  {}", edge_line(edge));
    }
    text.push_str("}\n");
    text
}

fn items(text: &mut String, graph: &Graph, of: &[Item], depth: usize, frames: &mut usize) {
    let indent = "  ".repeat(depth);
    for item in of {
        match item {
            Item::Node(index) => {
                if let Some(node) = graph.nodes.get(*index) {
                    let _ = writeln!(text, "{indent}n{index} [{}];", attributes(node));
                }
            }
            Item::Box(Frame { label, items: inner }) => {
                *frames += 1;
                let _ = writeln!(text, "{indent}subgraph cluster_{frames} {{");
                let _ = writeln!(text, "{indent}  label={}; color=gray60; style=rounded;", quoted(label));
                items(text, graph, inner, depth + 1, frames);
                let _ = writeln!(text, "{indent}}}");
            }
        }
    }
}

fn attributes(node: &Node) -> String {
    let lines: Vec<_> = node.lines.iter().map(|line| escaped(line)).collect();
    let shape = match node.shape {
        Shape::Start | Shape::End => "oval",
        Shape::Task => "box",
        Shape::Choice => "diamond",
        Shape::Fork => "trapezium",
        Shape::Join => "invtrapezium",
        Shape::Loop => "hexagon",
        Shape::Workflow => "component",
        Shape::Wait => "note",
        Shape::Stop => "doubleoctagon",
        Shape::Many => "box3d",
    };
    let colours = match node.state {
        State::Unknown => "",
        State::Unreached => ", fillcolor=\"#f2f2f2\", color=\"#b5b5b5\", fontcolor=\"#7a7a7a\"",
        State::Good => ", fillcolor=\"#d3f0da\", color=\"#2e7d32\"",
        State::Passed => ", fillcolor=\"#fdf0c8\", color=\"#b7860b\"",
        State::Bad => ", fillcolor=\"#fbd5d5\", color=\"#c62828\", penwidth=2",
        State::Open => ", fillcolor=\"#d6e6fb\", color=\"#1565c0\"",
    };
    format!("label=\"{}\", shape={shape}{colours}", lines.join("\\n"))
}

fn edge_line(edge: &Edge) -> String {
    let mut attributes = Vec::new();
    if let Some(label) = &edge.label {
        attributes.push(format!("label={}", quoted(label)));
    }
    match edge.line {
        Line::Solid => {}
        Line::Dotted => attributes.push("style=dashed".to_owned()),
        // The head of a loop stays above its body.
        Line::Back => attributes.push("constraint=false".to_owned()),
    }
    if edge.taken {
        attributes.push("color=\"#2e7d32\", penwidth=2.5".to_owned());
    }
    let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
    format!("n{} -> n{}{attributes};", edge.from, edge.to)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A backslash starts an escape of Graphviz, and `&` an HTML entity.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}
