//! Markdown pages as HTML: headings, lists, fenced blocks, inline code, links. Everything else is text.

use std::fmt::Write;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}\
code,pre{font-family:ui-monospace,monospace}pre{padding:1rem;overflow:auto;background:#8881}";

/// A whole page.
pub(crate) fn page(title: &str, markdown: &str) -> String {
    let title = escaped(title);
    let head = format!(
        "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style>"
    );
    format!(
        "<!doctype html>\n<html lang=\"en\"><head>{head}</head>\n<body><main>\n{}</main></body></html>\n",
        body(markdown)
    )
}

fn body(markdown: &str) -> String {
    let mut writer = Writer::default();
    for line in markdown.lines() {
        writer.line(line);
    }
    writer.close();
    writer.html
}

#[derive(Default)]
struct Writer {
    html: String,
    in_code: bool,
    in_paragraph: bool,
    /// How deep the open lists are: one or two.
    lists: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        if line.trim_start().starts_with("```") {
            self.close();
            self.in_code = !self.in_code;
            self.html.push_str(if self.in_code { "<pre><code>" } else { "</code></pre>\n" });
        } else if self.in_code {
            let _ = writeln!(self.html, "{}", escaped(line));
        } else {
            self.text(line);
        }
    }

    fn text(&mut self, line: &str) {
        let words = line.trim_start();
        let level = words.len() - words.trim_start_matches('#').len();
        if words.is_empty() {
            self.close();
        } else if (1..=6).contains(&level) && words[level..].starts_with(' ') {
            self.close();
            let _ = writeln!(self.html, "<h{level}>{}</h{level}>", inline(words[level..].trim()));
        } else if let Some(item) = words.strip_prefix("- ") {
            let depth = if line.starts_with(' ') && self.lists > 0 { 2 } else { 1 };
            self.end_paragraph();
            self.depth(depth);
            let _ = writeln!(self.html, "<li>{}", inline(item));
        } else {
            self.depth(0);
            self.html.push_str(if self.in_paragraph { "\n" } else { "<p>" });
            self.in_paragraph = true;
            self.html.push_str(&inline(words));
        }
    }

    fn depth(&mut self, depth: usize) {
        while self.lists < depth {
            self.html.push_str("<ul>\n");
            self.lists += 1;
        }
        while self.lists > depth {
            self.html.push_str("</ul>\n");
            self.lists -= 1;
        }
    }

    fn end_paragraph(&mut self) {
        if std::mem::take(&mut self.in_paragraph) {
            self.html.push_str("</p>\n");
        }
    }

    fn close(&mut self) {
        self.end_paragraph();
        self.depth(0);
    }
}

/// Code between backticks; the rest is text, whose addresses become links.
fn inline(text: &str) -> String {
    let mut html = String::new();
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(html, "<code>{}</code>", escaped(part));
        } else {
            html.push_str(&linked(part));
        }
    }
    html
}

fn linked(text: &str) -> String {
    let words = text.split_inclusive(' ').map(|word| {
        let address = word.trim_end_matches([' ', '.', ',', ')']);
        if address.starts_with("https://") || address.starts_with("http://") {
            let (shown, rest) = (escaped(address), escaped(&word[address.len()..]));
            return format!("<a href=\"{shown}\">{shown}</a>{rest}");
        }
        escaped(word)
    });
    words.collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_html_and_what_is_written_stays_text() {
        let markdown =
            "# A <b>\n\nSee https://a.example/x?a=1&b, or\n`<i>`.\n- one\n  - two\n\n```json\n{\"a\": 1}\n```\n";
        let expected = "<h1>A &lt;b&gt;</h1>\n<p>See <a href=\"https://a.example/x?a=1&amp;b\">https://a.example/x?a=1&amp;b</a>, or\n\
<code>&lt;i&gt;</code>.</p>\n<ul>\n<li>one\n<ul>\n<li>two\n</ul>\n</ul>\n<pre><code>{&quot;a&quot;: 1}\n</code></pre>\n";
        assert_eq!(body(markdown), expected);
        assert!(page("<", "").contains("<title>&lt;</title>"));
    }
}
