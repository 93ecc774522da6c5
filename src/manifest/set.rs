//! A set of manifests: its objects with their places, and what is wrong with or missing from it.

use std::sync::Arc;

use super::comment::Comment;
use super::gap::Gap;
use super::place::{Location, Place, Site, locate};
use super::source::Source;
use crate::finding::{FieldPath, Report};
use crate::object::{Meta, Object};

/// Everything that the inputs hold.
#[derive(Debug, Default)]
pub struct Set {
    pub(super) sources: Vec<Source>,
    pub(super) sites: Vec<Site>,
    pub(super) objects: Vec<(Arc<Object>, Place)>,
    pub(super) duplicates: Vec<Vec<(Arc<Object>, Place)>>,
    pub(super) findings: Vec<(Report, Place)>,
    pub(super) gaps: Vec<Gap>,
    pub(super) comments: Vec<Comment>,
    pub(super) templates: Vec<String>,
    pub(super) counts: Counts,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files with a Kubernetes document, unreadable ones among them.
    pub files: usize,
    /// Kubernetes documents, unreadable ones among them.
    pub documents: usize,
    /// Objects, those that no rule reads among them.
    pub objects: usize,
    /// Documents and files that could not be read.
    pub unreadable: usize,
}

impl Set {
    /// Every object that rules read, by file and place in it. Of objects that are the same in
    /// all that rules read, the first.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = (&Arc<Object>, Place)> {
        self.objects.iter().map(|(object, place)| (object, *place))
    }

    /// Objects that share group, kind, namespace and name but are not the same: variants. They
    /// are among [`Set::objects`], and evidence of nothing.
    pub fn duplicates(&self) -> impl Iterator<Item = &[(Arc<Object>, Place)]> {
        self.duplicates.iter().map(Vec::as_slice)
    }

    /// What is wrong with the manifests themselves, by file and place.
    pub fn findings(&self) -> &[(Report, Place)] {
        &self.findings
    }

    /// What may be there although nobody could see it, each once.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// The comments that ask to leave findings out, by file and place.
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The metadata of the objects in the document of a place.
    pub fn beside(&self, place: Place) -> impl Iterator<Item = &Meta> {
        let document = |place| {
            let site = self.site(place)?;
            Some((site.file, site.document.start))
        };
        let there = document(place);
        let objects = self.objects.iter();
        let beside = objects.filter(move |(_, place)| document(*place) == there);
        beside.map(|(object, _)| &object.meta)
    }

    /// The files that were skipped as templates, by name.
    pub fn skipped_templates(&self) -> &[String] {
        &self.templates
    }

    /// How much there is.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether there was something to read, and none of it could be.
    pub fn nothing_readable(&self) -> bool {
        self.counts.unreadable > 0 && self.counts.unreadable == self.counts.documents
    }

    /// The whole text of the file that a place is in.
    pub fn text(&self, place: Place) -> &str {
        self.site(place)
            .and_then(|site| self.sources.get(site.file))
            .map_or("", |source| &source.text)
    }

    /// The name of the file that a place is in.
    pub fn file(&self, place: Place) -> &str {
        self.site(place)
            .and_then(|site| self.sources.get(site.file))
            .map_or("", |source| &source.name)
    }

    /// Where a field of the object at a place stands: its value, or what is nearest to it.
    pub fn locate(&self, place: Place, field: &FieldPath) -> Location {
        let mut found = self.locate_all(&[(place, field)]);
        found.pop().unwrap_or_default()
    }

    /// The same for many fields at once, in their order: each document is parsed once, however
    /// many of them are in it.
    pub fn locate_all(&self, wanted: &[(Place, &FieldPath)]) -> Vec<Location> {
        let mut order: Vec<(usize, &Site)> = wanted
            .iter()
            .enumerate()
            .filter_map(|(index, (place, _))| Some((index, self.site(*place)?)))
            .collect();
        let document = |site: &Site| (site.file, site.document.start);
        order.sort_by_key(|(_, site)| document(site));
        let mut found = vec![Location::default(); wanted.len()];
        for same in order.chunk_by(|(_, a), (_, b)| document(a) == document(b)) {
            let source = same
                .first()
                .and_then(|(_, site)| self.sources.get(site.file));
            let field = |index: usize| wanted.get(index).map(|(_, field)| *field);
            let fields = same
                .iter()
                .filter_map(|(index, site)| Some((*site, field(*index)?)));
            let locations = source.map(|source| locate(source, fields));
            for ((index, _), location) in same.iter().zip(locations.unwrap_or_default()) {
                if let Some(slot) = found.get_mut(*index) {
                    *slot = location;
                }
            }
        }
        found
    }

    pub(super) fn site(&self, place: Place) -> Option<&Site> {
        self.sites.get(place.0 as usize)
    }
}
