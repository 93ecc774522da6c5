//! Flows as a Mermaid flowchart, which many documents draw.

use std::fmt::Write as _;
use std::io;

use super::graph::{edges, nodes};
use crate::flows::Picture;

/// Writes the groups and who may talk to whom.
pub fn write(out: &mut impl io::Write, picture: &Picture) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    writeln!(out, "  %% solid: allowed, dotted: depends, none: denied")?;
    for node in nodes(picture) {
        let lines: Vec<String> = node.lines.iter().map(|line| escaped(line)).collect();
        writeln!(out, "  g{}[\"{}\"]", node.number, lines.join("<br/>"))?;
    }
    for edge in edges(picture) {
        let arrow = if edge.certain { "-->" } else { "-.->" };
        let label = escaped(&edge.label);
        writeln!(out, "  g{} {arrow}|\"{label}\"| g{}", edge.from, edge.to)?;
    }
    Ok(())
}

/// A text that means nothing but itself: what is not plain becomes a character's number, as
/// Mermaid reads it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || " /.,:-()".contains(c) {
            escaped.push(c);
        } else {
            // A String takes whatever is written.
            let _ = write!(escaped, "#{};", u32::from(c));
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
        assert_eq!(escaped("a\"] --> b;"), "a#34;#93; --#62; b#59;");
        assert_eq!(escaped("<b>#`"), "#60;b#62;#35;#96;");
    }
}
