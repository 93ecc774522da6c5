//! The JSON of `flows -o json`, an array of what `flow -o json` writes, and of what a change does:
//! contracts that other programs parse.

use std::io;

use serde::Serialize;

use crate::report::flow::json::{Flow, Verdict};

/// An array that is written object by object, a line each.
#[derive(Debug)]
pub struct Array<W> {
    out: W,
    started: bool,
}

/// A flow that a change opens or closes.
#[derive(Debug, Serialize)]
pub struct Change<'a> {
    /// What the source is called.
    pub from: &'a str,
    /// What the destination is called.
    pub to: &'a str,
    /// The port, `8080/TCP`.
    pub port: &'a str,
    /// The datapath, where it is known.
    pub datapath: Option<&'static str>,
    /// What it came to.
    pub before: Verdict<'a>,
    /// What it comes to.
    pub after: Verdict<'a>,
}

/// What stands before everything else in a Flow between two who have no names.
const NAMELESS: &str = "{\"from\":\"\",\"to\":\"\",";

/// A Flow without the names of its ends, for [`Array::pair`].
pub fn rest(flow: &Flow<'_>) -> serde_json::Result<String> {
    let text = serde_json::to_string(flow)?;
    let rest = text.strip_prefix(NAMELESS).unwrap_or(&text);
    Ok(rest.to_owned())
}

impl<W: io::Write> Array<W> {
    /// Opens an array.
    pub fn new(mut out: W) -> io::Result<Self> {
        write!(out, "[")?;
        Ok(Self {
            out,
            started: false,
        })
    }

    /// Writes an object.
    pub fn object(&mut self, object: &impl Serialize) -> io::Result<()> {
        self.next()?;
        Ok(serde_json::to_writer(&mut self.out, object)?)
    }

    /// Writes a Flow between two, what comes after their names being written already.
    pub fn pair(&mut self, from: &str, to: &str, rest: &str) -> io::Result<()> {
        self.next()?;
        write!(self.out, "{{\"from\":")?;
        serde_json::to_writer(&mut self.out, from)?;
        write!(self.out, ",\"to\":")?;
        serde_json::to_writer(&mut self.out, to)?;
        write!(self.out, ",{rest}")
    }

    /// Closes the array.
    pub fn end(mut self) -> io::Result<()> {
        writeln!(self.out, "{}]", if self.started { "\n" } else { "" })
    }

    fn next(&mut self) -> io::Result<()> {
        let comma = if self.started { "," } else { "" };
        self.started = true;
        write!(self.out, "{comma}\n  ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Answer, Answered, Fix};
    use crate::report::flow::Told;

    #[test]
    fn a_pair_is_written_as_a_flow_of_the_same_names() {
        let told = |from: &str, to: &str| Told {
            answered: Answered {
                from: from.to_owned(),
                to: to.to_owned(),
                port: "80/TCP".to_owned(),
                datapath: None,
                answer: Answer::FREE,
                fix: Fix::default(),
            },
            egress: None,
            ingress: None,
        };
        let (from, to) = ("shop/\"web", "world");
        let nameless = told("", "");
        let rest = rest(&Flow::from(&nameless)).unwrap();
        let mut out = Vec::new();
        let mut array = Array::new(&mut out).unwrap();
        array.pair(from, to, &rest).unwrap();
        array.object(&Flow::from(&told(from, to))).unwrap();
        array.end().unwrap();
        let flows: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
        assert_eq!(flows[0], flows[1]);
        assert_eq!(flows[0]["from"], from);
        assert_eq!(flows[0]["verdict"], "allowed");
    }
}
