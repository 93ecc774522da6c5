//! Which documents are ours, and what is said of those that cannot be read.

use super::{Folder, names, piped, service, told};
use crate::finding::Severity;
use crate::manifest::Missing;
use crate::object::Kind;

#[test]
fn only_documents_with_api_version_and_kind_are_ours() {
    let folder = Folder::new(&[
        ("values.yaml", "replicas: 2\nimage: {tag: x}\n"),
        ("grafana.yaml", "apiVersion: 1\nproviders: []\n"),
        ("chart.yaml", "apiVersion: v2\nname: x\n"),
        ("package.json", r#"{"name": "x", "kind": "y"}"#),
        ("list.json", r#"[{"a": 1}]"#),
        (
            "kubeadm.yaml",
            "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n",
        ),
        ("empty.yaml", ""),
        ("blank.yaml", "---\n# nothing\n---\n"),
    ]);
    let set = folder.read();
    assert_eq!(names(&set), Vec::<String>::new());
    assert_eq!(told(&set), Vec::<String>::new());
    assert_eq!(set.gaps(), []);
    assert_eq!(set.counts().objects, 0);
}

#[test]
fn an_unreadable_document_is_told_unless_it_shows_neither_word_and_was_not_named() {
    let folder = Folder::new(&[
        ("other.yaml", "a: [\n  kind: x\n"),
        ("ours.yaml", "kind: Service\na: [\n"),
        (
            "broken.json",
            "{\n  \"apiVersion\": \"v1\",\n  \"kind\": }\n",
        ),
    ]);
    let set = folder.read();
    assert_eq!(told(&set).len(), 2, "{:?}", told(&set));
    assert_eq!(folder.read_paths(&["other.yaml"]).findings().len(), 1);
    assert!(
        set.gaps()
            .iter()
            .any(|gap| gap.missing == Missing::Anything)
    );
}

#[test]
fn an_unreadable_document_leaves_its_neighbours_readable() {
    let set = piped(&format!(
        "{}---\napiVersion: v1\nkind: ConfigMap\na: [\n---\n{}",
        service("a", "x"),
        service("b", "x")
    ));
    assert_eq!(names(&set), ["Service a", "Service b"]);
    assert_eq!(set.counts().documents, 3);
    assert_eq!(set.counts().unreadable, 1);
    // It hides a ConfigMap and nothing else.
    assert_eq!(set.gaps().len(), 1);
    assert!(set.gaps()[0].hides(Kind::ConfigMap));
    assert!(!set.gaps()[0].hides(Kind::Deployment));
}

#[test]
fn windows_files_tabs_and_byte_order_marks_are_read() {
    let text = format!("\u{feff}{}", service("a", "x").replace('\n', "\r\n"));
    assert_eq!(names(&piped(&text)), ["Service a"]);
    let tabs = "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Namespace\",\n\t\"metadata\": {\"name\": \"n\"}\n}\n";
    assert_eq!(names(&piped(tabs)), ["Namespace n"]);
}

#[test]
fn json_lines_are_documents() {
    let line = |name: &str| {
        format!(r#"{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{name}"}}}}"#)
    };
    let set = piped(&format!("{}\n{}\n", line("a"), line("b")));
    assert_eq!(names(&set), ["Namespace a", "Namespace b"]);
    assert_eq!(set.counts().documents, 2);
}

#[test]
fn kinds_that_nothing_reads_are_counted_and_not_parsed() {
    let set = piped(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  \
         name: x\nspec: [never closed\n---\n\
         apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
    );
    assert_eq!(set.counts().objects, 2);
    assert_eq!(set.counts().documents, 2);
    assert_eq!(names(&set), Vec::<String>::new());
    assert_eq!(told(&set), Vec::<String>::new());
    assert_eq!(set.gaps(), []);
}

#[test]
fn a_key_that_stands_twice_is_told_where_the_lost_one_is() {
    let set = piped(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  type: NodePort\n  \
         ports: [{port: 80}]\n  type: ClusterIP\n",
    );
    assert_eq!(
        told(&set),
        ["manifest-duplicate-key: spec.type stands more than once; the last one wins"]
    );
    let (report, place) = &set.findings()[0];
    assert_eq!(report.object.as_ref().unwrap().to_string(), "Service a");
    assert_eq!(set.locate(*place, &report.finding.field).line, 6);
    let same = piped(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selector: {a: b}\n  \
         ports: [{port: 80}]\n  selector:\n    a: b\n",
    );
    assert_eq!(same.findings()[0].0.finding.severity, Severity::Notice);
    // Whose file it is matters: other tools' files are their own business.
    assert!(told(&piped("a: 1\na: 2\n")).is_empty());
}

#[test]
fn a_value_that_the_api_server_would_refuse_is_told_with_its_place_and_leaves_a_gap() {
    let set = piped(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: shop\nspec:\n  \
         ports:\n  - port: [80]\n",
    );
    assert_eq!(set.findings().len(), 1, "{:?}", told(&set));
    let (report, place) = &set.findings()[0];
    assert_eq!(report.rule, "manifest-invalid-value");
    assert_eq!(
        report.object.as_ref().unwrap().to_string(),
        "Service shop/a"
    );
    let location = set.locate(*place, &report.finding.field);
    assert_eq!((location.line, location.column), (8, 11));
    if set.objects().len() == 0 {
        assert_eq!(set.gaps()[0].missing, Missing::Kind(Kind::Service));
        assert_eq!(set.gaps()[0].namespace.as_deref(), Some("shop"));
    }
}

#[test]
fn a_custom_kind_makes_absence_unknown_where_it_is_unless_it_is_inert_or_shows_its_pods() {
    let unknown = piped(
        "apiVersion: kafka.strimzi.io/v1\nkind: Kafka\nmetadata: {name: k, namespace: shop}\n",
    );
    assert_eq!(unknown.gaps().len(), 1);
    assert_eq!(unknown.gaps()[0].missing, Missing::Pods);
    assert_eq!(unknown.gaps()[0].namespace.as_deref(), Some("shop"));
    let inert = piped("apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: k}\n");
    assert_eq!(inert.gaps(), []);
    let shown = piped(
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: r}\nspec:\n  \
         template:\n    metadata: {labels: {app: x}}\n    spec: {containers: [{name: c, image: i}]}\n",
    );
    assert_eq!(shown.gaps(), []);
    assert_eq!(names(&shown), ["Rollout r"]);
}

#[test]
fn a_fragment_in_a_folder_is_no_object_and_one_that_is_named_is_told() {
    let folder = Folder::new(&[
        (
            "ready.yaml",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n\
             status: {readyReplicas: 1}\n",
        ),
        (
            "patch.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: s, labels: {a: b}}\n",
        ),
    ]);
    folder.write("name.yaml", service("REPLACE-web", "x").as_bytes());
    folder.write("none.yaml", service("", "x").as_bytes());
    folder.write(
        "sidecar.yaml",
        b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: e}\nspec: {template: {spec: \
          {containers: [{name: manager, args: [--x]}]}}}\n",
    );
    // A test's expectation is known by its name, and not even counted.
    folder.write("00-assert.yaml", service("s", "x").as_bytes());
    let set = folder.read();
    assert_eq!(names(&set), Vec::<String>::new());
    assert!(told(&set).is_empty(), "{:?}", told(&set));
    assert_eq!(set.counts().objects, 5);
    assert_eq!(set.gaps().len(), 2);
    let named = folder.read_paths(&["ready.yaml"]);
    assert_eq!(names(&named), ["Deployment d"]);
    assert!(!told(&named).is_empty());
    // A shell that expands `*.yaml` names every file of the folder.
    let both = folder.read_paths(&["ready.yaml", "patch.yaml"]);
    assert!(told(&both).is_empty(), "{:?}", told(&both));
}
