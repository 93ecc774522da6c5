//! Flows as a graph for Graphviz.

use std::io;

use super::graph::{edges, nodes};
use crate::flows::Picture;

/// Writes the groups and who may talk to whom.
pub fn write(out: &mut impl io::Write, picture: &Picture) -> io::Result<()> {
    writeln!(out, "// solid: allowed, dotted: depends, none: denied")?;
    writeln!(out, "digraph flows {{")?;
    writeln!(out, "  rankdir=LR;")?;
    writeln!(out, "  node [shape=box];")?;
    for node in nodes(picture) {
        let lines: Vec<String> = node.lines.iter().map(|line| escaped(line)).collect();
        writeln!(out, "  g{} [label=\"{}\"];", node.number, lines.join("\\n"))?;
    }
    for edge in edges(picture) {
        let label = escaped(&edge.label);
        let style = if edge.certain { "" } else { " style=dotted" };
        writeln!(
            out,
            "  g{} -> g{} [label=\"{label}\"{style}];",
            edge.from, edge.to
        )?;
    }
    writeln!(out, "}}")
}

/// A text that means nothing but itself within quotes. Graphviz reads entities there too.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '&' => escaped.push_str("&amp;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_its_label() {
        assert_eq!(escaped("shop/web-0"), "shop/web-0");
        assert_eq!(escaped("a\"]; b\\N &lt;"), "a\\\"]; b\\\\N &amp;lt;");
    }
}
