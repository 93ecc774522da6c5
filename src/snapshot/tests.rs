//! Snapshots in the forms that they come in.

use std::fs;

use super::{Snapshot, SnapshotError, read};
use crate::cluster::{Knowledge, Known, View};
use crate::object::{Key, Kind};

const SERVICE: &str = r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"ports":[{"port":80}]}}"#;
const BARE: &str =
    r#"{"metadata":{"name":"web","namespace":"shop"},"spec":{"ports":[{"port":80}]}}"#;
const CLAIM: &str = r#""metadata":{"annotations":{"portcullis.dev/coverage":"{\"services\":[\"*\"],\"pods\":[\"shop\"]}"}}"#;

fn reading(text: &str) -> Result<Snapshot, SnapshotError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshot");
    fs::write(&path, text).unwrap();
    read(&path, |_, _| {})
}

fn read_text(text: &str) -> Snapshot {
    reading(text).unwrap_or_else(|error| panic!("{error:?}: {text}"))
}

fn holds_service(snapshot: &Snapshot) -> bool {
    let key = Key::new(Kind::Service, "shop", "web");
    snapshot.store.get(&key).is_some()
}

fn known(snapshot: &Snapshot, kind: Kind, namespace: &str) -> Known {
    View::new(&snapshot.store, &Knowledge::default()).known(kind, namespace)
}

#[test]
fn a_list_is_read_in_json_and_yaml_and_whatever_the_order_of_its_fields() {
    for text in [
        format!(r#"{{"apiVersion":"v1","kind":"List",{CLAIM},"items":[{SERVICE}]}}"#),
        format!(r#" {{"apiVersion":"v1","items":[{SERVICE}],"kind":"List",{CLAIM}}}"#),
        format!("apiVersion: v1\nkind: List\n{{{CLAIM}}}\n")
            .replace(&format!("{{{CLAIM}}}"), "metadata:\n  annotations:\n    portcullis.dev/coverage: '{\"services\":[\"*\"],\"pods\":[\"shop\"]}'\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: web, namespace: shop}\n  spec: {ports: [{port: 80}]}"),
    ] {
        let snapshot = read_text(&text);
        assert!(holds_service(&snapshot), "{text}");
        assert_eq!(snapshot.objects, 1);
        assert_eq!(known(&snapshot, Kind::Service, "any"), Known::All);
        assert_eq!(known(&snapshot, Kind::Pod, "shop"), Known::All);
        assert_eq!(known(&snapshot, Kind::Pod, "other"), Known::Unknown);
        assert_eq!(known(&snapshot, Kind::Node, ""), Known::Unknown);
    }
}

#[test]
fn several_lists_are_one_cluster_and_their_claims_add_up() {
    let nodes = CLAIM.replace("services", "nodes");
    let list = |claim: &str, items: &str| {
        format!(r#"{{"apiVersion":"v1","kind":"List",{claim},"items":[{items}]}}"#)
    };
    let text = format!("{}\n{}", list(CLAIM, SERVICE), list(&nodes, ""));
    let snapshot = read_text(&text);
    assert!(holds_service(&snapshot));
    for kind in [Kind::Service, Kind::Node] {
        assert_eq!(known(&snapshot, kind, ""), Known::All);
    }
}

#[test]
fn the_items_of_a_typed_list_need_not_say_what_they_are() {
    let typed =
        format!(r#"{{"kind":"ServiceList","apiVersion":"v1","metadata":{{}},"items":[{BARE}]}}"#);
    assert!(holds_service(&read_text(&typed)));
    let yaml = "kind: ServiceList\napiVersion: v1\nitems:\n- metadata: {name: web, namespace: shop}\n  spec: {ports: [{port: 80}]}\n";
    assert!(holds_service(&read_text(yaml)));
}

#[test]
fn where_nothing_is_claimed_what_is_not_there_may_be_elsewhere() {
    for text in [
        SERVICE.to_owned(),
        format!("{SERVICE}\n{SERVICE}"),
        format!("# x\n{SERVICE}"),
    ] {
        let snapshot = read_text(&text);
        assert!(
            holds_service(&snapshot) && snapshot.claim.is_none(),
            "{text}"
        );
        assert_eq!(known(&snapshot, Kind::Service, "shop"), Known::Files);
    }
}

#[test]
fn an_object_that_cannot_be_read_is_listed_and_leaves_a_gap() {
    let broken = SERVICE
        .replace("80", "\"no number\"")
        .replace("shop", "other");
    let text = format!(r#"{{"kind":"List",{CLAIM},"items":[{SERVICE},{broken},7]}}"#);
    let snapshot = read_text(&text);
    assert!(holds_service(&snapshot));
    assert_eq!(snapshot.unreadable.len(), 2, "{:?}", snapshot.unreadable);
    assert_eq!(known(&snapshot, Kind::Service, "other"), Known::Unknown);
}

#[test]
fn a_kind_that_may_make_pods_hides_them_only_where_pods_are_not_all_there() {
    let kafka = r#"{"apiVersion":"kafka.strimzi.io/v1","kind":"Kafka","metadata":{"name":"k","namespace":"shop"}}"#;
    let claimed =
        r#""metadata":{"annotations":{"portcullis.dev/coverage":"{\"customresources\":[\"*\"]}"}}"#;
    let with = |metadata: &str| {
        read_text(&format!(
            r#"{{"kind":"List",{metadata},"items":[{kafka}]}}"#
        ))
    };
    assert_eq!(known(&with(claimed), Kind::Custom, "shop"), Known::All);
    assert_eq!(
        known(&with(r#""metadata":{}"#), Kind::Custom, "shop"),
        Known::Unknown
    );
}

#[test]
fn what_is_no_snapshot_is_refused_with_the_reason() {
    for (text, reason) in [
        ("", "holds no Kubernetes object"),
        ("a: b: c", "is broken in line 1"),
        (r#"{"kind":"List","items":[{]}"#, "is broken"),
        (
            r#"{"kind":"List","items":[]}"#,
            "holds no Kubernetes object",
        ),
        (
            &format!(
                r#"{{"kind":"List",{},"items":[]}}"#,
                CLAIM.replace("[\\\"*\\\"]", "1")
            ),
            "cannot be read",
        ),
    ] {
        let error = reading(text).expect_err(text).to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}
