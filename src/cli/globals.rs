//! The flags of every command, and the streams that they shape.

use std::fmt::Display;
use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

use super::out::Out;
use crate::finding::printable;

/// The flags that every command takes.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Output format; mermaid and dot are for `flows`
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub output: Output,
    /// When to use colours; `NO_COLOR` is honoured
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Color,
    /// Say nothing but what was asked for
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more about the work on stderr; repeat for yet more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The formats of one command or another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// For documents: a Mermaid flowchart
    Mermaid,
    /// For documents: a graph in Graphviz's language
    Dot,
}

/// The formats of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

impl Output {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
        }
    }

    /// It as one of the formats of every command, if it is one.
    pub const fn usual(self) -> Option<Format> {
        match self {
            Self::Human => Some(Format::Human),
            Self::Json => Some(Format::Json),
            Self::Mermaid | Self::Dot => None,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Globals {
    /// The format, where a command has no more than the usual ones: another is refused before it
    /// runs.
    pub fn format(&self) -> Format {
        self.output.usual().unwrap_or(Format::Human)
    }

    /// Standard output.
    pub fn stdout(&self) -> Out {
        Out::stdout()
    }

    /// Whether standard output takes colours.
    pub fn colour(&self) -> bool {
        self.choice(&io::stdout()) != ColorChoice::Never
    }

    /// Says something about the work on stderr, unless `--quiet`.
    pub fn say(&self, text: impl Display) {
        if !self.quiet {
            self.line(Style::new(), "", &text);
        }
    }

    /// Says something about the work on stderr where `--verbose` was given that often.
    pub fn say_more(&self, verbosity: u8, text: impl Display) {
        if self.verbose >= verbosity {
            self.line(Style::new(), "", &text);
        }
    }

    /// Says on stderr why the work could not be done.
    pub fn say_error(&self, error: &anyhow::Error) {
        let red = AnsiColor::Red.on_default().bold();
        self.line(red, "error: ", &format_args!("{error:#}"));
    }

    fn line(&self, style: Style, label: &str, text: &dyn Display) {
        let stderr = io::stderr();
        let mut stream = AutoStream::new(stderr.lock(), self.choice(&stderr));
        let text = text.to_string();
        // Nothing can be said about a stderr that takes no words.
        let _ = writeln!(stream, "{style}{label}{style:#}{}", printable(&text));
    }

    fn choice(&self, stream: &impl anstream::stream::RawStream) -> ColorChoice {
        match self.color {
            Color::Auto => AutoStream::choice(stream),
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}
