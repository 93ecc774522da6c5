//! Many questions at once: JSON lines in, an answer a line out, in order.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::place::Places;
use crate::cli::globals::Format;
use crate::cli::{Globals, exit};
use crate::finding::Datapath;
use crate::query::Answered;
use crate::report::flow::{human, json};

/// How many questions are answered before any is written: each document that decides some of them
/// is parsed once for all of these.
const BATCH: usize = 4096;

/// The longest line that is read.
const LONGEST: u64 = 1 << 20;

/// Where the questions come from.
pub(super) struct Queries {
    lines: Box<dyn BufRead>,
    /// Whether that is stdin, so that nothing else can be read there.
    pub(super) is_pipe: bool,
}

/// Opens a file of questions; `-` is stdin.
pub(super) fn open(path: &Path) -> anyhow::Result<Queries> {
    let is_pipe = path == Path::new("-");
    let lines: Box<dyn BufRead> = if is_pipe {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file = File::open(path);
        let file = file.with_context(|| format!("cannot read {}", path.display()))?;
        Box::new(BufReader::new(file))
    };
    Ok(Queries { lines, is_pipe })
}

/// One question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    from: String,
    to: String,
    #[serde(default)]
    port: Option<String>,
    #[serde(default)]
    datapath: Option<String>,
}

/// What stands where an answer would, of a line that could not be answered.
#[derive(Debug, Serialize)]
struct Failed {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    line: usize,
    error: String,
}

/// Answers every line.
pub(super) fn run(
    mut queries: Queries,
    desk: &Desk<'_>,
    mut places: Places<'_>,
    globals: &Globals,
) -> anyhow::Result<ExitCode> {
    let mut out = globals.stdout();
    let mut number = 0;
    let mut all_answered = true;
    loop {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(line) = queries.next()?
        {
            number += 1;
            if !line.iter().all(u8::is_ascii_whitespace) {
                batch.push(answer(&line, number, desk));
            }
        }
        if batch.is_empty() {
            break;
        }
        all_answered &= batch.iter().all(Result::is_ok);
        write(&mut out, batch, &mut places, globals)?;
    }
    out.flush()?;
    Ok(if all_answered {
        exit::CLEAN
    } else {
        exit::FAILED
    }
    .into())
}

impl Queries {
    /// The next line, without its end where it has one.
    fn next(&mut self) -> anyhow::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.lines).take(LONGEST);
        let read = limited.read_until(b'\n', &mut line);
        let read = read.context("cannot read the queries")?;
        if read as u64 == LONGEST && line.last() != Some(&b'\n') {
            self.lines
                .skip_until(b'\n')
                .context("cannot read the queries")?;
        }
        Ok((read > 0).then_some(line))
    }
}

fn answer<'d>(line: &[u8], number: usize, desk: &'d Desk<'_>) -> Result<Answered<'d>, Failed> {
    let query: Query = serde_json::from_slice(line).map_err(|error| Failed {
        from: None,
        to: None,
        line: number,
        error: not_a_query(&error),
    })?;
    let datapath = query.datapath.as_deref().map(|word| {
        let mut all = Datapath::ENFORCING.into_iter().chain([Datapath::None]);
        all.find(|it| it.as_str() == word)
            .ok_or_else(|| format!("there is no datapath {word}"))
    });
    let answered = datapath.transpose().and_then(|datapath| {
        desk.ask(&query.from, &query.to, query.port.as_deref(), datapath)
            .map_err(|unfound| unfound.to_string())
    });
    answered.map_err(|error| Failed {
        from: Some(query.from),
        to: Some(query.to),
        line: number,
        error,
    })
}

/// What is wrong with a line; which line it is stands beside it.
fn not_a_query(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let words = words
        .rsplit_once(" at line ")
        .map_or(words.as_str(), |(words, _)| words);
    format!("no query: {words}, in column {}", error.column())
}

/// Writes answers and failures, in the order of their questions.
fn write(
    out: &mut impl Write,
    batch: Vec<Result<Answered<'_>, Failed>>,
    places: &mut Places<'_>,
    globals: &Globals,
) -> anyhow::Result<()> {
    let mut answered = Vec::new();
    let batch = batch.into_iter().map(|it| it.map(|it| answered.push(it)));
    let batch: Vec<Result<(), Failed>> = batch.collect();
    let mut told = places.told(answered).into_iter();
    for one in batch {
        match (one, globals.format()) {
            (Ok(()), format) => {
                let Some(told) = told.next() else { continue };
                match format {
                    Format::Json => {
                        serde_json::to_writer(&mut *out, &json::Flow::from(&told))?;
                        writeln!(out)?;
                    }
                    Format::Human => {
                        human::write(out, &told, |file| places.text(file), globals.colour())?;
                    }
                }
            }
            (Err(failed), Format::Json) => {
                serde_json::to_writer(&mut *out, &failed)?;
                writeln!(out)?;
            }
            (Err(failed), Format::Human) => {
                globals.say_error(&anyhow::anyhow!("line {}: {}", failed.line, failed.error));
            }
        }
    }
    Ok(())
}
