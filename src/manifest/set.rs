//! A set of manifests: its objects with their places, and what is wrong with or missing from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::duplicates::Duplicates;
use super::gap::{Gap, Missing};
use super::inputs::InputError;
use super::kustomize::Override;
use super::load::Loaded;
use super::place::{Location, Place, Site, locate};
use super::scan::{Fault, INVALID_VALUE, POLICY_INVALID, report};
use super::settle::Settling;
use super::source::Source;
use crate::finding::{FieldPath, Finding, Report, Severity};
use crate::object::{Body, Kind, Object};

/// Everything that the inputs hold.
#[derive(Debug, Default)]
pub struct Set {
    sources: Vec<Source>,
    sites: Vec<Site>,
    objects: Vec<(Arc<Object>, Place)>,
    duplicates: Vec<Vec<(Arc<Object>, Place)>>,
    findings: Vec<(Report, Place)>,
    gaps: Vec<Gap>,
    templates: Vec<String>,
    counts: Counts,
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

    /// Where a field of the object at a place stands: its value, or what is nearest to it.
    pub fn locate(&self, place: Place, field: &FieldPath) -> Location {
        let mut found = self.locate_all(&[(place, field)]);
        found.pop().unwrap_or_default()
    }

    /// The same for many fields at once, in their order: each document is parsed once, however
    /// many of them are in it.
    pub fn locate_all(&self, wanted: &[(Place, &FieldPath)]) -> Vec<Location> {
        let mut by_document: BTreeMap<(usize, usize), Vec<(usize, &Site, &FieldPath)>> =
            BTreeMap::new();
        for (index, (place, field)) in wanted.iter().enumerate() {
            if let Some(site) = self.site(*place) {
                let document = (site.file, site.document.start);
                let wanted = by_document.entry(document).or_default();
                wanted.push((index, site, field));
            }
        }
        let mut found = vec![Location::default(); wanted.len()];
        for ((file, _), wanted) in by_document {
            let Some(source) = self.sources.get(file) else {
                continue;
            };
            let fields = wanted.iter().map(|(_, site, field)| (*site, *field));
            let locations = locate(source, fields);
            for ((index, ..), location) in wanted.iter().zip(locations) {
                if let Some(slot) = found.get_mut(*index) {
                    *slot = location;
                }
            }
        }
        found
    }

    fn site(&self, place: Place) -> Option<&Site> {
        self.sites.get(place.0 as usize)
    }

    /// Puts together what was loaded.
    pub(super) fn assemble(
        loaded: Vec<Loaded>,
        gaps: Vec<Gap>,
        namespace: Option<&str>,
    ) -> Result<Self, InputError> {
        let mut set = Self {
            gaps,
            ..Self::default()
        };
        let default: Option<Arc<str>> = namespace.map(Arc::from);
        let moving = moving_accounts(&loaded);
        let mut generated = BTreeSet::new();
        for file in loaded {
            set.add(file, default.as_ref(), &moving, &mut generated)?;
        }
        let names = |place: Place| {
            let site = set.sites.get(place.0 as usize);
            let source = site.and_then(|site| set.sources.get(site.file));
            source.map_or("", |source| source.name.as_str())
        };
        let found = Duplicates::among(std::mem::take(&mut set.objects), &generated, names);
        set.objects = found.objects;
        set.duplicates = found.groups;
        set.findings.extend(found.findings);
        set.gaps.extend(found.gaps);
        set.findings.sort_by_key(|(_, place)| *place);
        set.gaps.sort();
        set.gaps.dedup();
        Ok(set)
    }

    fn add(
        &mut self,
        file: Loaded,
        default: Option<&Arc<str>>,
        moving: &Moving,
        generated: &mut BTreeSet<Place>,
    ) -> Result<(), InputError> {
        let settling = Settling {
            above: &file.namespaces,
            default,
            accounts: match &file.namespaces {
                Override::Set(namespace) => moving.get(namespace),
                Override::Keep | Override::Varies => None,
            },
        };
        if file.template {
            self.templates.push(file.source.name.clone());
            self.gaps.push(Gap::anywhere(Missing::Anything));
        }
        self.counts.files += usize::from(!file.documents.is_empty());
        for (document, format, scan) in file.documents {
            self.counts.documents += 1;
            self.counts.objects += scan.objects;
            self.gaps.extend(scan.gaps);
            let unseen = scan.unseen.into_iter();
            self.gaps.extend(unseen.map(|gap| settling.gap(gap)));
            let site = |at| Site {
                file: self.sources.len(),
                document: document.clone(),
                format,
                at,
                span: None,
            };
            let mut sites = Vec::new();
            for mut read in scan.read {
                settling.object(&mut read.object);
                sites.push((site(read.at), Found::Object(read.object, read.generated)));
            }
            for mut fault in scan.faults {
                if let Some(object) = &mut fault.report.object {
                    let kind = Kind::find(&object.api_version, &object.kind);
                    settling.reference(kind, object);
                }
                let site = Site {
                    span: fault.span,
                    ..site(fault.at.clone())
                };
                sites.push((site, Found::Fault(fault)));
            }
            for (site, found) in sites {
                self.keep(site, found, generated)?;
            }
        }
        self.sources.push(file.source);
        Ok(())
    }

    fn keep(
        &mut self,
        site: Site,
        found: Found,
        generated: &mut BTreeSet<Place>,
    ) -> Result<(), InputError> {
        let place = Place(u32::try_from(self.sites.len()).map_err(|_| InputError::TooMany)?);
        self.sites.push(site);
        match found {
            Found::Fault(fault) => {
                self.counts.unreadable += usize::from(fault.is_unreadable());
                self.findings.push((fault.report, place));
            }
            Found::Object(object, is_generated) => {
                self.findings
                    .extend(problems(&object).map(|report| (report, place)));
                if is_generated {
                    generated.insert(place);
                }
                self.objects.push((Arc::new(object), place));
            }
        }
        Ok(())
    }
}

enum Found {
    Object(Object, bool),
    Fault(Fault),
}

/// The accounts that kustomizations move, by the namespace they move to.
type Moving = BTreeMap<Arc<str>, BTreeSet<Arc<str>>>;

fn moving_accounts(loaded: &[Loaded]) -> Moving {
    let mut moving = Moving::new();
    for file in loaded {
        if let Override::Set(namespace) = &file.namespaces {
            let scans = file.documents.iter().map(|(_, _, scan)| scan);
            let accounts = scans
                .flat_map(|scan| &scan.read)
                .filter(|read| matches!(read.object.body, Body::ServiceAccount(_)))
                .map(|read| read.object.meta.reference.name.clone());
            moving
                .entry(namespace.clone())
                .or_default()
                .extend(accounts);
        }
    }
    moving
}

/// What the API server would refuse in an object that could be read all the same.
fn problems(object: &Object) -> impl Iterator<Item = Report> {
    object.meta.problems.iter().map(|problem| {
        let rule = if problem.of_policy {
            POLICY_INVALID
        } else {
            INVALID_VALUE
        };
        let finding = Finding::new(
            Severity::Error,
            problem.field.clone(),
            problem.message.clone(),
        );
        report(rule, Some(object.meta.reference.clone()), finding)
    })
}
