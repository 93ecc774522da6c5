//! Manifests that are not rendered yet.

use super::{Folder, names, piped, service, told};
use crate::manifest::Missing;
use crate::object::Kind;

const TEMPLATE: &str = "{{- if .Values.on }}\napiVersion: v1\nkind: Service\nmetadata:\n  \
    name: {{ .Release.Name }}\n{{- end }}\n";

#[test]
fn a_template_in_a_folder_is_skipped_and_named_and_hides_anything() {
    let folder = Folder::new(&[
        ("chart/templates/a.yaml", TEMPLATE),
        ("chart/values.yaml", "a: 1\n"),
        ("b.yaml", &service("b", "x")),
    ]);
    let set = folder.read();
    assert_eq!(names(&set), ["Service b"]);
    assert!(told(&set).is_empty(), "{:?}", told(&set));
    assert_eq!(set.skipped_templates().len(), 1);
    assert!(set.skipped_templates()[0].ends_with("chart/templates/a.yaml"));
    assert_eq!(set.gaps()[0].missing, Missing::Anything);
    assert_eq!(set.counts().files, 1);
}

#[test]
fn a_template_that_is_named_is_unreadable() {
    let folder = Folder::new(&[("a.yaml", TEMPLATE)]);
    let set = folder.read_paths(&["a.yaml"]);
    assert_eq!(set.findings().len(), 1);
    assert_eq!(set.findings()[0].0.rule, "manifest-unreadable");
    assert!(set.skipped_templates().is_empty());
}

#[test]
fn a_template_of_statements_is_one_too() {
    let text = format!("{{% raw %}}\n{}", service("a", "x"));
    let folder = Folder::new(&[("a.yaml", &text)]);
    assert_eq!(folder.read().skipped_templates().len(), 1);
    assert!(told(&folder.read()).is_empty());
}

#[test]
fn a_template_whose_marks_are_comments_is_skipped_even_where_it_is_named() {
    let text = format!(
        "#@ load(\"@ytt:data\", \"data\")\n---\n{}",
        service("a", "x")
    );
    let folder = Folder::new(&[("a.yaml", &text), ("b.yaml", &service("b", "x"))]);
    for set in [folder.read(), folder.read_paths(&["a.yaml", "b.yaml"])] {
        assert_eq!(names(&set), ["Service b"]);
        assert!(told(&set).is_empty(), "{:?}", told(&set));
        assert_eq!(set.skipped_templates().len(), 1);
        assert_eq!(set.gaps()[0].missing, Missing::Anything);
    }
}

#[test]
fn a_placeholder_that_no_yaml_reader_takes_makes_a_template() {
    for image in ["{user}/web", "[YOUR REGISTRY]/web", "@IMAGE@", "%%%"] {
        let text = format!("{}  image: {image}\n", service("a", "x"));
        let folder = Folder::new(&[("a.yaml", &text)]);
        assert_eq!(folder.read().skipped_templates().len(), 1, "{image}");
        assert_eq!(told(&folder.read_paths(&["a.yaml"])).len(), 1, "{image}");
    }
    let text = format!("{}  image: {{user: web}}/web\n", service("a", "x"));
    let folder = Folder::new(&[("a.yaml", &text)]);
    assert_eq!(told(&folder.read()).len(), 1);
}

#[test]
fn a_template_is_skipped_as_a_whole() {
    let folder = Folder::new(&[("a.yaml", &format!("{}---\n{TEMPLATE}", service("b", "x")))]);
    assert_eq!(names(&folder.read()), Vec::<String>::new());
}

#[test]
fn a_chart_whose_templates_only_include_hides_anything_and_other_tools_templates_do_not() {
    let include = "{{ include \"common.all\" . }}\n";
    let chart = Folder::new(&[
        ("c/Chart.yaml", "name: c\n"),
        ("c/templates/all.yaml", include),
    ]);
    assert_eq!(chart.read().skipped_templates().len(), 1);
    let other = Folder::new(&[("tasks/main.yaml", "- when: {{ on }}: x\n")]);
    assert!(other.read().skipped_templates().is_empty());
    assert_eq!(other.read().gaps(), []);
}

#[test]
fn a_placeholder_that_rules_would_read_makes_the_object_unknown() {
    let port = |port: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: a, namespace: shop}}\n\
             spec:\n  ports:\n  - port: {port}\n"
        )
    };
    for text in [
        service("'{{ .name }}'", "x"),
        service("${NAME}", "x"),
        service("a", "$(APP)"),
        port("${PORT}"),
        port("'{{ .port }}'"),
    ] {
        let set = piped(&text);
        assert_eq!(names(&set), Vec::<String>::new(), "{text}");
        assert_eq!(told(&set), Vec::<String>::new(), "{text}");
        assert_eq!(set.gaps()[0].missing, Missing::Kind(Kind::Service));
        assert_eq!(set.counts().objects, 1);
    }
    assert_eq!(
        piped(&port("${PORT}")).gaps()[0].namespace.as_deref(),
        Some("shop")
    );
}

#[test]
fn a_placeholder_where_no_rule_looks_changes_nothing() {
    let set = piped(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec:\n  template:\n    \
         metadata: {labels: {app: x}, annotations: {sum: '{{ sha }}'}}\n    spec:\n      \
         containers:\n      - {name: c, image: 'r:${TAG}', args: ['$(PORT)'], env: [{name: A, value: '${A}'}]}\n",
    );
    assert_eq!(names(&set), ["Deployment d"], "{:?}", told(&set));
    assert_eq!(set.gaps(), []);
}

#[test]
fn a_placeholder_for_the_namespace_hides_pods_anywhere() {
    let set = piped(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: '${NS}'}\n\
         spec: {containers: [{name: c, image: i}]}\n",
    );
    assert_eq!(set.gaps()[0].missing, Missing::Pods);
    assert_eq!(set.gaps()[0].namespace, None);
}
