//! Lists are their items.

use super::{names, piped, told};

const ITEMS: &str = "items:\n\
    - apiVersion: v1\n  kind: Namespace\n  metadata: {name: a}\n\
    - apiVersion: v1\n  kind: Service\n  metadata:\n    name: b\n  spec:\n    ports:\n    - port: 80\n";

#[test]
fn a_list_is_split_and_its_items_are_found_again() {
    let set = piped(&format!("apiVersion: v1\nkind: List\n{ITEMS}"));
    assert_eq!(names(&set), ["Namespace a", "Service b"]);
    assert_eq!(set.counts().documents, 1);
    assert_eq!(set.counts().objects, 2);
    let (_, place) = set.objects().last().unwrap();
    let field = crate::finding::FieldPath::of("spec.ports")
        .index(0)
        .join("port");
    let location = set.locate(place, &field);
    assert_eq!((location.line, location.column), (13, 13));
    assert_eq!(set.text(place).get(location.span), Some("80"));
}

#[test]
fn items_of_a_typed_list_take_their_kind_from_it() {
    let set = piped(
        r#"{"apiVersion": "v1", "kind": "ServiceList", "items": [
            {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}}]}"#,
    );
    assert_eq!(names(&set), ["Service a"]);
    assert!(told(&set).is_empty());
}

#[test]
fn a_list_within_a_list_is_split_too() {
    let inner = ITEMS.replace('\n', "\n  ");
    let set = piped(&format!(
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  {inner}"
    ));
    assert_eq!(names(&set), ["Namespace a", "Service b"]);
}

#[test]
fn an_empty_list_is_no_object() {
    for items in ["items: []", "items: null", ""] {
        let set = piped(&format!("apiVersion: v1\nkind: List\n{items}\n"));
        assert_eq!(set.counts().objects, 0);
        assert!(told(&set).is_empty());
    }
}

#[test]
fn an_item_that_does_not_say_what_it_is_is_told_and_the_others_are_read() {
    let set = piped(
        "apiVersion: v1\nkind: List\nitems:\n- 5\n- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n",
    );
    assert_eq!(names(&set), ["Namespace a"]);
    assert_eq!(
        told(&set),
        ["manifest-invalid-value: an item of a list needs apiVersion and kind"]
    );
    let (report, place) = &set.findings()[0];
    assert_eq!(set.locate(*place, &report.finding.field).line, 4);
}

#[test]
fn a_duplicate_key_in_an_item_names_the_item() {
    let set = piped(&format!(
        "apiVersion: v1\nkind: List\n{ITEMS}  kind: Service\n"
    ));
    let (report, _) = &set.findings()[0];
    assert_eq!(report.rule, "manifest-duplicate-key");
    assert_eq!(report.object.as_ref().unwrap().to_string(), "Service b");
}
