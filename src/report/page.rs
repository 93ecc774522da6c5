//! Places in files as a compiler shows them: the line, and what is said about a part of it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Origin, Renderer, Snippet};

use super::excerpt::Excerpt;
use crate::finding::printable;
use crate::manifest::Location;

/// A place, what is shown of it, and what is said about it.
pub(super) struct Page<'a> {
    location: &'a Location,
    excerpt: Option<Excerpt>,
    kind: AnnotationKind,
    label: Option<String>,
}

impl<'a> Page<'a> {
    /// A place of its own, or one that is related to it; `text` is that of its file.
    pub(super) fn of(
        location: &'a Location,
        text: Option<&str>,
        kind: AnnotationKind,
        label: Option<String>,
    ) -> Self {
        Self {
            location,
            excerpt: text.map(|text| Excerpt::of(text, &location.span)),
            kind,
            label,
        }
    }

    /// A group with this place below what it has.
    pub(super) fn below<'p>(&'p self, group: Group<'p>) -> Group<'p> {
        match &self.excerpt {
            Some(excerpt) => group.element(self.snippet(excerpt)),
            None => group.element(self.origin()),
        }
    }

    fn snippet<'p>(&'p self, excerpt: &'p Excerpt) -> Snippet<'p, Annotation<'p>> {
        let annotation = self.kind.span(excerpt.span.clone());
        Snippet::source(&excerpt.text)
            .path(printable(&self.location.file))
            .line_start(self.location.line)
            .annotation(annotation.label(self.label.as_deref()))
    }

    fn origin(&self) -> Origin<'_> {
        Origin::path(printable(&self.location.file))
            .line(self.location.line)
            .char_column(self.location.column)
    }
}

/// What draws places, in colours or without.
pub(super) fn renderer(colour: bool) -> Renderer {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Lines come cut to size; the renderer's own cut would be a second one.
    renderer.decor_style(DecorStyle::Ascii).term_width(1000)
}

/// The renderer counts columns in what it is shown; on a line that was cut they are others.
pub(super) fn true_columns(mut rendered: String, pages: &[Page<'_>]) -> String {
    for page in pages {
        let Some(counted) = page.excerpt.as_ref().map(Excerpt::column) else {
            continue;
        };
        let Location {
            file, line, column, ..
        } = page.location;
        if counted != *column {
            let place = format!("{}:{line}:", printable(file));
            let counted = format!("{place}{counted}");
            rendered = rendered.replacen(&counted, &format!("{place}{column}"), 1);
        }
    }
    rendered
}
