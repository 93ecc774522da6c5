//! An answer for people: the verdict, and the lines of the policies that decided it.

use std::io;

use annotate_snippets::{AnnotationKind, Group, Level};

use super::{Decided, Told, kubectl};
use crate::finding::printable;
use crate::query::{Fix, Says, Side};
use crate::report::page::{Page, renderer, true_columns};

/// Writes an answer, with a blank line after it. `text` gives the text of a file by the name in
/// its Location.
pub fn write<'t>(
    out: &mut impl io::Write,
    told: &Told<'_>,
    text: impl Fn(&str) -> Option<&'t str>,
    colour: bool,
) -> Result<(), io::Error> {
    let pages = pages(told, &text);
    let rendered = renderer(colour).render(&[group(told, &pages)]);
    writeln!(out, "{}\n", true_columns(rendered, &pages))?;
    for mend in &told.answered.fix.mends {
        writeln!(out, "{}\n", kubectl::patch(mend))?;
    }
    Ok(())
}

/// Both sides: what they are called, what they answer, and what decided.
fn sides<'a>(told: &'a Told<'_>) -> [(&'static str, &'a Side<'a>, Option<&'a Decided<'a>>); 2] {
    let answer = &told.answered.answer;
    [
        ("egress", &answer.egress, told.egress.as_ref()),
        ("ingress", &answer.ingress, told.ingress.as_ref()),
    ]
}

fn pages<'a, 't>(told: &'a Told<'_>, text: &impl Fn(&str) -> Option<&'t str>) -> Vec<Page<'a>> {
    let stops =
        |side: &Side<'_>| side.says != Says::Allowed || told.answered.answer.says == Says::Allowed;
    let placed = sides(told)
        .into_iter()
        .filter_map(|(direction, side, decided)| {
            let decided = decided?;
            let location = decided.location.as_ref()?;
            let kind = if stops(side) {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let label = Some(label(direction, side, decided));
            Some((
                !stops(side),
                Page::of(location, text(&location.file), kind, label),
            ))
        });
    let mut placed: Vec<_> = placed.collect();
    // What stops it is what people came for.
    placed.sort_by_key(|(context, _)| *context);
    placed.into_iter().map(|(_, page)| page).collect()
}

fn group<'a>(told: &'a Told<'_>, pages: &'a [Page<'a>]) -> Group<'a> {
    let says = &told.answered.answer.says;
    let title = level(says).primary_title(title(told));
    let pages = pages.iter();
    let mut group = pages.fold(Group::with_title(title), |group, page| page.below(group));
    for note in notes(told) {
        group = group.element(Level::NOTE.message(printable(&note).into_owned()));
    }
    if let Some(help) = help(&told.answered.fix) {
        group = group.element(Level::HELP.message(printable(&help).into_owned()));
    }
    group
}

/// What would let it pass; the patches themselves stand below.
fn help(fix: &Fix) -> Option<String> {
    let patches = match fix.mends.len() {
        0 => return fix.note.clone(),
        1 => "this patch lets it pass",
        _ => "these patches together let it pass",
    };
    Some(match &fix.note {
        Some(note) => format!("{patches}; {note}"),
        None => patches.to_owned(),
    })
}

fn level(says: &Says) -> Level<'static> {
    match says {
        Says::Allowed => Level::NOTE.with_name("allowed"),
        Says::Denied => Level::ERROR.with_name("denied"),
        Says::Depends(_) => Level::WARNING.with_name("depends"),
    }
}

/// `shop/web to shop/db on 5432/TCP`, and what that depends on.
fn title(told: &Told<'_>) -> String {
    let answered = &told.answered;
    let because = answered.answer.says.because();
    let because = because.map_or_else(String::new, |because| format!(": {because}"));
    let title = format!(
        "{} to {} on {}{because}",
        answered.from, answered.to, answered.port
    );
    printable(&title).into_owned()
}

/// `egress: NetworkPolicy shop/web admits it`.
fn label(direction: &str, side: &Side<'_>, decided: &Decided<'_>) -> String {
    let by = &decided.by;
    let label = match &side.says {
        Says::Depends(because) => {
            format!("{direction}: {} decides, {because}", by.policy)
        }
        Says::Allowed | Says::Denied => format!("{direction}: {} {}", by.policy, by.does),
    };
    printable(&label).into_owned()
}

/// What has no place in a file but is to be said.
fn notes(told: &Told<'_>) -> Vec<String> {
    let sides = sides(told).into_iter();
    sides
        .filter_map(|(direction, side, decided)| match decided {
            Some(decided) if decided.location.is_some() => None,
            Some(decided) => {
                let label = label(direction, side, decided);
                Some(format!("{label}, {}", decided.by.field))
            }
            None => Some(match &side.says {
                Says::Depends(because) => format!("{direction}: {because}"),
                Says::Allowed | Says::Denied => format!("{direction}: no policy has a say"),
            }),
        })
        .collect()
}
