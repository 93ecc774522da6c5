//! The same identity twice.

use super::{Folder, names, piped, service, told};
use crate::manifest::Missing;
use crate::object::Kind;

#[test]
fn variants_are_told_once_and_are_evidence_of_nothing() {
    let folder = Folder::new(&[
        ("dev/web.yaml", &service("web", "dev")),
        ("prod/web.yaml", &service("web", "prod")),
        ("stage/web.yaml", &service("web", "stage")),
        ("other.yaml", &service("other", "x")),
    ]);
    let set = folder.read();
    assert_eq!(set.objects().len(), 4);
    assert_eq!(set.duplicates().map(<[_]>::len).collect::<Vec<_>>(), [3]);
    assert_eq!(set.findings().len(), 1);
    let (report, place) = &set.findings()[0];
    assert_eq!(report.rule, "duplicate-object");
    assert!(
        report.finding.message.contains("prod/web.yaml"),
        "{:?}",
        told(&set)
    );
    assert!(
        report.finding.message.contains("stage/web.yaml"),
        "{:?}",
        told(&set)
    );
    assert!(
        set.locate(*place, &report.finding.field)
            .file
            .ends_with("dev/web.yaml")
    );
    assert_eq!(set.gaps().len(), 1);
    assert_eq!(set.gaps()[0].missing, Missing::Kind(Kind::Service));
}

#[test]
fn the_same_object_again_is_no_variant() {
    let text = service("web", "x");
    let set = piped(&format!("{text}---\n{text}"));
    assert_eq!(names(&set), ["Service web"]);
    assert!(told(&set).is_empty());
    assert_eq!(set.counts().objects, 2);
}

#[test]
fn namespace_group_and_kind_tell_objects_apart() {
    let set = piped(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: x}\n---\n\
         apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: z}\n\
         automountServiceAccountToken: false\n---\n\
         apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n\
         apiVersion: one.example/v1\nkind: Thing\nmetadata: {name: a, labels: {x: z}}\n---\n\
         apiVersion: two.example/v1\nkind: Thing\nmetadata: {name: a}\n",
    );
    assert_eq!(set.objects().len(), 5, "{:?}", told(&set));
    assert_eq!(set.duplicates().count(), 0);
}

#[test]
fn objects_that_the_api_server_names_are_never_variants() {
    let job = |image: &str| {
        format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{generateName: run-}}\nspec: {{template: \
             {{metadata: {{labels: {{app: {image}}}}}, spec: {{containers: [{{name: c, image: i}}]}}}}}}\n"
        )
    };
    let set = piped(&format!("{}---\n{}", job("a"), job("b")));
    assert_eq!(set.objects().len(), 2);
    assert!(told(&set).is_empty(), "{:?}", told(&set));
}
