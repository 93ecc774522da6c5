//! Puts together what was loaded: namespaces settled, duplicates told, everything in order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::comment::Comment;
use super::duplicates::Duplicates;
use super::gap::{Gap, Missing};
use super::inputs::InputError;
use super::kustomize::Override;
use super::load::Loaded;
use super::place::{Place, Site};
use super::scan::{Fault, INVALID_VALUE, POLICY_INVALID, Scan, UNREADABLE, report};
use super::set::Set;
use super::settle::Settling;
use crate::finding::{FieldPath, Finding, Report, Severity};
use crate::object::{Body, Kind, Object};

/// The Set of what was loaded, in its order.
pub(super) fn assemble(
    loaded: Vec<Loaded>,
    gaps: Vec<Gap>,
    namespace: Option<&str>,
) -> Result<Set, InputError> {
    let mut set = Set {
        gaps,
        ..Set::default()
    };
    let default: Option<Arc<str>> = namespace.map(Arc::from);
    let moving = moving_accounts(&loaded);
    let mut generated = BTreeSet::new();
    for file in loaded {
        add(&mut set, file, default.as_ref(), &moving, &mut generated)?;
    }
    let names = |place: Place| {
        let source = set.site(place).and_then(|site| set.sources.get(site.file));
        source.map_or("", |source| source.name.as_str())
    };
    let found = Duplicates::among(&set.objects, &generated, names);
    set.objects
        .retain(|(_, place)| !found.repeated.contains(place));
    set.duplicates = found.groups;
    set.findings.extend(found.findings);
    set.gaps.extend(found.gaps);
    set.findings.sort_by_key(|(_, place)| *place);
    set.gaps.sort();
    set.gaps.dedup();
    Ok(set)
}

fn add(
    set: &mut Set,
    file: Loaded,
    default: Option<&Arc<str>>,
    moving: &Moving,
    generated: &mut BTreeSet<Place>,
) -> Result<(), InputError> {
    let settling = Settling {
        above: &file.namespaces,
        taken: file.taken,
        default,
        accounts: match &file.namespaces {
            Override::Set(namespace) => moving.get(namespace),
            Override::Keep | Override::Varies => None,
        },
    };
    if file.template {
        set.templates.push(file.source.name.clone());
        set.gaps.push(Gap::anywhere(Missing::Anything));
    }
    set.counts.files += usize::from(!file.documents.is_empty());
    for (document, format, scan) in file.documents {
        let site = Site {
            file: set.sources.len(),
            document,
            format,
            at: FieldPath::default(),
            span: None,
        };
        add_document(set, &site, scan, &settling, generated)?;
    }
    for written in file.comments {
        let site = Site {
            file: set.sources.len(),
            document: written.document,
            format: written.format,
            at: FieldPath::default(),
            span: Some(written.span),
        };
        let place = place(set, site)?;
        set.comments.push(Comment {
            place,
            ..written.comment
        });
    }
    set.sources.push(file.source);
    Ok(())
}

fn add_document(
    set: &mut Set,
    document: &Site,
    scan: Scan,
    settling: &Settling<'_>,
    generated: &mut BTreeSet<Place>,
) -> Result<(), InputError> {
    set.counts.documents += 1;
    set.counts.objects += scan.objects;
    set.gaps.extend(scan.gaps);
    let unseen = scan.unseen.into_iter();
    set.gaps.extend(unseen.map(|gap| settling.gap(gap)));
    // Kustomize writes `yes` and 1440 as the texts that they were meant to be.
    let rewritten = |fault: &Fault| settling.taken && fault.report.rule == INVALID_VALUE;
    for mut fault in scan.faults.into_iter().filter(|it| !rewritten(it)) {
        if let Some(object) = &mut fault.report.object {
            let kind = Kind::find(&object.api_version, &object.kind);
            settling.reference(kind, object);
        }
        set.counts.unreadable += usize::from(fault.report.rule == UNREADABLE);
        let site = Site {
            at: fault.at,
            span: fault.span,
            ..document.clone()
        };
        let place = place(set, site)?;
        set.findings.push((fault.report, place));
    }
    for mut read in scan.read {
        settling.object(&mut read.object);
        let site = Site {
            at: read.at,
            ..document.clone()
        };
        let place = place(set, site)?;
        let problems = problems(&read.object);
        set.findings.extend(problems.map(|report| (report, place)));
        if read.generated {
            generated.insert(place);
        }
        set.objects.push((Arc::new(read.object), place));
    }
    Ok(())
}

fn place(set: &mut Set, site: Site) -> Result<Place, InputError> {
    let number = u32::try_from(set.sites.len()).map_err(|_| InputError::TooMany)?;
    set.sites.push(site);
    Ok(Place(number))
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
