//! From a field back to its line and column.

use super::piped;
use crate::finding::FieldPath;

fn at(text: &str, field: &FieldPath) -> (usize, usize, usize, usize) {
    let set = piped(text);
    let (_, place) = set.objects().last().unwrap();
    let found = set.locate(place, field);
    (found.line, found.column, found.end_line, found.end_column)
}

const SERVICE: &str = "---\n# ümlaut\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n\
    spec:\n  selector:\n    app: \"ä\" # why\n    tier: front\n  ports:\n  - {name: é, port: 80}\n  type:\n";

#[test]
fn a_value_is_found_with_its_end() {
    let selector = FieldPath::of("spec.selector");
    assert_eq!(at(SERVICE, &selector), (10, 5, 11, 16));
    assert_eq!(at(SERVICE, &selector.key("app")), (10, 10, 10, 13));
}

#[test]
fn columns_count_characters() {
    let port = FieldPath::of("spec.ports").index(0).join("port");
    assert_eq!(at(SERVICE, &port), (13, 21, 13, 23));
}

#[test]
fn line_ends_of_windows_change_no_place() {
    let crlf = SERVICE.replace('\n', "\r\n");
    let field = FieldPath::of("spec.selector");
    assert_eq!(at(&crlf, &field), at(SERVICE, &field));
    assert_eq!(at(&format!("\u{feff}{crlf}"), &field), at(SERVICE, &field));
}

#[test]
fn a_missing_field_is_shown_at_the_key_of_what_lacks_it() {
    assert_eq!(
        at(SERVICE, &FieldPath::of("spec.sessionAffinity")),
        (8, 1, 8, 5)
    );
    assert_eq!(
        at(SERVICE, &FieldPath::of("metadata.labels.app")),
        (6, 1, 6, 9)
    );
    let name = FieldPath::of("spec.ports").index(0).join("targetPort");
    assert_eq!(at(SERVICE, &name), (13, 5, 13, 24));
    // Nothing of the path exists, or the path is empty: the object's name stands for it.
    assert_eq!(at(SERVICE, &FieldPath::of("status")), (7, 9, 7, 12));
    assert_eq!(at(SERVICE, &FieldPath::default()), (7, 9, 7, 12));
}

#[test]
fn an_empty_value_is_shown_at_its_key() {
    assert_eq!(at(SERVICE, &FieldPath::of("spec.type")), (14, 3, 14, 7));
}

#[test]
fn places_in_json_are_found() {
    let text = "{\"apiVersion\": \"v1\", \"kind\": \"Service\",\n \"metadata\": {\"name\": \"ä\"},\n \
                \"spec\": {\"selector\": {\"app\": \"x\"}, \"ports\": [{\"port\": 80}]}}\n";
    assert_eq!(
        at(text, &FieldPath::of("spec.selector.app")),
        (3, 31, 3, 34)
    );
}

#[test]
fn many_places_are_found_at_once_in_their_order() {
    let set = piped(SERVICE);
    let (_, place) = set.objects().next().unwrap();
    let fields = [
        FieldPath::of("spec.selector"),
        FieldPath::of("metadata.name"),
    ];
    let found = set.locate_all(&[(place, &fields[0]), (place, &fields[1])]);
    assert_eq!(found[0], set.locate(place, &fields[0]));
    assert_eq!(found[1], set.locate(place, &fields[1]));
    let document = set.text(place).get(found[0].document.clone());
    assert!(document.unwrap().starts_with("apiVersion"));
}
