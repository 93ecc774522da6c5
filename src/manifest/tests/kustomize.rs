//! The files beside a `kustomization.yaml`.

use super::{Folder, names, service, told};
use crate::manifest::Missing;

const HEAD: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

#[test]
fn patches_and_generators_input_are_no_objects() {
    let kustomization = format!(
        "{HEAD}resources: [web.yaml]\npatches: [{{path: a.yaml}}, {{patch: '[]'}}]\n\
         patchesStrategicMerge: [b.yaml]\npatchesJson6902: [{{path: c.yaml}}]\n\
         configMapGenerator: [{{name: x, files: [key=d.yaml, e.yaml]}}]\n\
         replacements: [{{path: f.yaml}}]\nconfigurations: [g.yaml]\n"
    );
    let patch = service("web", "patched");
    let mut files = vec![("kustomization.yaml", kustomization.as_str())];
    let web = service("web", "x");
    files.push(("web.yaml", &web));
    for name in [
        "a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml", "f.yaml", "g.yaml",
    ] {
        files.push((name, &patch));
    }
    let set = Folder::new(&files).read();
    assert_eq!(names(&set), ["Service web"]);
    assert!(told(&set).is_empty());
    assert_eq!(set.counts().objects, 1);
    assert_eq!(set.gaps(), []);
}

#[test]
fn the_namespace_of_a_kustomization_is_that_of_its_resources() {
    let folder = Folder::new(&[
        (
            "kustomization.yml",
            &format!("{HEAD}namespace: shop\nresources: [a.yaml]\n"),
        ),
        (
            "a.yaml",
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n---\n\
             apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: b, namespace: old}\n---\n\
             apiVersion: v1\nkind: Namespace\nmetadata: {name: old}\n---\n\
             apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\n\
             metadata: {name: c}\nroleRef: {kind: ClusterRole, name: r}\nsubjects:\n\
             - {kind: ServiceAccount, name: b, namespace: old}\n\
             - {kind: ServiceAccount, name: foreign, namespace: old}\n",
        ),
        ("alone.yaml", &service("alone", "x")),
    ]);
    let set = folder.read();
    assert_eq!(
        names(&set),
        [
            "ServiceAccount shop/a",
            "ServiceAccount shop/b",
            "Namespace shop",
            "ClusterRoleBinding c",
            "Service alone"
        ]
    );
    let (binding, _) = set.objects().nth(3).unwrap();
    let text = format!("{:?}", binding.body);
    assert!(
        text.contains("\"shop\"") && text.contains("\"old\""),
        "{text}"
    );
}

#[test]
fn the_outermost_namespace_wins_and_two_that_disagree_leave_it_open() {
    let over = |namespace: &str| format!("{HEAD}namespace: {namespace}\nresources: [../base]\n");
    let base = format!("{HEAD}namespace: base\nresources: [a.yaml]\n");
    let one = Folder::new(&[
        ("base/kustomization.yaml", &base),
        ("base/a.yaml", &service("a", "x")),
        ("prod/kustomization.yaml", &over("prod")),
    ]);
    assert_eq!(names(&one.read()), ["Service prod/a"]);
    one.write("dev/kustomization.yaml", over("dev").as_bytes());
    assert_eq!(names(&one.read()), ["Service a"]);
}

#[test]
fn kustomizations_that_name_each_other_end() {
    let folder = Folder::new(&[
        (
            "a/kustomization.yaml",
            &format!("{HEAD}namespace: a\nresources: [../b, s.yaml]\n"),
        ),
        ("a/s.yaml", &service("s", "x")),
        (
            "b/kustomization.yaml",
            &format!("{HEAD}namespace: b\nresources: [../a]\n"),
        ),
    ]);
    assert_eq!(names(&folder.read()), ["Service s"]);
}

#[test]
fn a_base_that_is_not_among_the_inputs_makes_absence_unknown() {
    let folder = Folder::new(&[(
        "kustomization.yaml",
        &format!("{HEAD}namespace: shop\nresources: ['https://example.com/base?ref=1']\n"),
    )]);
    let set = folder.read();
    assert_eq!(set.gaps().len(), 1);
    assert_eq!(set.gaps()[0].missing, Missing::Anything);
    assert_eq!(set.gaps()[0].namespace.as_deref(), Some("shop"));
}

#[test]
fn what_a_component_holds_is_no_object_and_makes_absence_unknown() {
    let folder = Folder::new(&[
        (
            "kustomization.yaml",
            &format!("{HEAD}resources: [web.yaml]\ncomponents: [extra]\n"),
        ),
        ("web.yaml", &service("web", "x")),
        (
            "extra/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [more.yaml]\n",
        ),
        ("extra/more.yaml", &service("more", "x")),
    ]);
    let set = folder.read();
    assert_eq!(names(&set), ["Service web"]);
    assert_eq!(set.gaps()[0].missing, Missing::Anything);
}

#[test]
fn the_kustomization_of_flux_is_an_object() {
    let folder = Folder::new(&[(
        "kustomization.yaml",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n\
         metadata: {name: apps, namespace: flux-system}\nspec: {path: ./apps}\n",
    )]);
    let set = folder.read();
    assert_eq!(names(&set), ["Kustomization flux-system/apps"]);
    assert_eq!(set.gaps()[0].missing, Missing::Pods);
}

#[test]
fn names_and_selectors_that_kustomize_makes_good_are_no_problem() {
    let base = "apiVersion: v1\nkind: Namespace\nmetadata: {name: _}\n---\n\
                apiVersion: v1\nkind: Namespace\nmetadata: {name: b, annotations: {a: 1}}\n---\n\
                apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  \
                template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}\n";
    let folder = Folder::new(&[
        (
            "kustomization.yaml",
            &format!("{HEAD}namespace: shop\ncommonLabels: {{app: a}}\nresources: [a.yaml]\n"),
        ),
        ("a.yaml", base),
    ]);
    assert!(told(&folder.read()).is_empty());
    assert_eq!(told(&folder.read_paths(&["a.yaml"])).len(), 3);
}
