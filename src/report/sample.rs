//! A few reports over two small files, for the tests of every format.

use crate::finding::{Datapath, FieldPath, Finding, Mend, ObjectRef, Report, Severity};
use crate::manifest::Location;
use crate::text::position;

use super::Placed;

const AWX: &str = "\
apiVersion: v1
kind: Service
metadata: {name: awx, namespace: shop}
spec:
  selector:
    app.kubernetes.io/name: awx
    app.kubernetes.io/component: web
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: awx-web, namespace: shop}
spec:
  template:
    metadata:
      labels:
        app.kubernetes.io/name: awx
";
const BROKEN: &str = "kind: Service\nname: \"open\n";
const HOSTILE: &str = "kind: \u{1b}[2J\u{9b}31m # \u{202e}\u{7}\r\n";

/// The text of a sample file.
pub(super) fn text(file: &str) -> Option<&'static str> {
    match file {
        "awx.yaml" => Some(AWX),
        "broken.yaml" => Some(BROKEN),
        "hostile\u{1b}.yaml" => Some(HOSTILE),
        _ => None,
    }
}

fn at(file: &str, needle: &str) -> Option<Location> {
    place(file, needle, text(file)?.find(needle)?)
}

fn last(file: &str, needle: &str) -> Option<Location> {
    place(file, needle, text(file)?.rfind(needle)?)
}

fn place(file: &str, needle: &str, start: usize) -> Option<Location> {
    let text = text(file)?;
    let span = start..start + needle.len();
    let (from, to) = (position(text, span.start), position(text, span.end));
    Some(Location {
        file: file.to_owned(),
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
        span,
        document: 0..text.len(),
    })
}

fn object(api_version: &str, kind: &str, name: &str) -> ObjectRef {
    ObjectRef {
        api_version: api_version.into(),
        kind: kind.into(),
        namespace: Some("shop".into()),
        name: name.into(),
    }
}

/// A warning with everything, a notice with places in no file, and an error without an object.
pub(super) fn reports() -> Vec<Placed> {
    vec![nowhere(), unreadable(), full()]
}

fn full() -> Placed {
    let deployment = object("apps/v1", "Deployment", "awx-web");
    let labels = FieldPath::of("spec.template.metadata.labels");
    let mend = Mend::of(deployment.clone())
        .test(&labels.key("app.kubernetes.io/name"), "awx")
        .add(&labels.key("app.kubernetes.io/component"), "web");
    let finding = Finding::new(
        Severity::Warning,
        FieldPath::of("spec.selector"),
        "selects no pod: Deployment shop/awx-web lacks app.kubernetes.io/component",
    )
    .help("add app.kubernetes.io/component: web to the pod template of Deployment awx-web")
    .related(deployment, labels, "nearest workload")
    .mend(Some(mend));
    Placed {
        report: Report {
            rule: "service-selects-nothing",
            object: Some(object("v1", "Service", "awx")),
            finding,
            caused_by: None,
        },
        location: at(
            "awx.yaml",
            "app.kubernetes.io/name: awx\n    app.kubernetes.io/component: web\n",
        ),
        related: vec![last("awx.yaml", "app.kubernetes.io/name: awx")],
    }
}

fn nowhere() -> Placed {
    let policy = object("networking.k8s.io/v1", "NetworkPolicy", "default-deny");
    let finding = Finding::new(
        Severity::Notice,
        FieldPath::of("spec.ports").index(0).join("targetPort"),
        "no way to the API server",
    )
    .related(policy.clone(), FieldPath::of("spec.egress"), "decides")
    .datapaths(vec![Datapath::Cilium, Datapath::AwsVpcCni]);
    Placed {
        report: Report {
            rule: "api-server-egress-blocked",
            object: Some(object("apps/v1", "Deployment", "operator")),
            finding,
            caused_by: Some(policy),
        },
        location: None,
        related: vec![None],
    }
}

fn unreadable() -> Placed {
    let finding = Finding::new(
        Severity::Error,
        FieldPath::default(),
        "the quoted string is not closed",
    );
    Placed {
        report: Report {
            rule: "manifest-unreadable",
            object: None,
            finding,
            caused_by: None,
        },
        location: at("broken.yaml", "\"open"),
        related: Vec::new(),
    }
}

/// A report whose every text tries to write to the terminal.
pub(super) fn hostile() -> Placed {
    let evil = "x\u{1b}]0;owned\u{7}\u{9b}31m\n\u{202e}";
    let other = object("v1", evil, evil);
    let finding = Finding::new(Severity::Error, FieldPath::of("spec").key(evil), evil)
        .help(evil)
        .related(other.clone(), FieldPath::default().key(evil), evil);
    Placed {
        report: Report {
            rule: "manifest-unreadable",
            object: Some(other.clone()),
            finding,
            caused_by: Some(other),
        },
        location: at("hostile\u{1b}.yaml", "\u{1b}[2J\u{9b}31m"),
        related: vec![None],
    }
}
