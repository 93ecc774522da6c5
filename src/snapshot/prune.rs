//! What a snapshot leaves out of an object: what no rule reads and nobody wants to read.

use serde_json::{Map, Value};

/// Fields of `metadata` that only the API server and its clients need.
const BOOKKEEPING: [&str; 6] = [
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// The annotation that holds the whole object once more.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Fields of a `status` that change all the time or are long.
const STATUS: [&str; 8] = [
    "conditions",
    "containerStatuses",
    "ephemeralContainerStatuses",
    "images",
    "initContainerStatuses",
    "nodeInfo",
    "volumesAttached",
    "volumesInUse",
];

/// Takes out of an object what a snapshot leaves out. The values of a `ConfigMap` stay where
/// `values` says so.
pub(super) fn prune(object: &mut Map<String, Value>, kind: &str, values: bool) {
    if let Some(metadata) = map(object, "metadata") {
        for field in BOOKKEEPING {
            metadata.remove(field);
        }
        if let Some(annotations) = map(metadata, "annotations") {
            annotations.remove(LAST_APPLIED);
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
    }
    if let Some(status) = map(object, "status") {
        for field in STATUS {
            status.remove(field);
        }
        if status.is_empty() {
            object.remove("status");
        }
    }
    if kind == "ConfigMap" {
        object.remove("binaryData");
        if !values {
            object.remove("data");
        }
    }
}

fn map<'o>(of: &'o mut Map<String, Value>, field: &str) -> Option<&'o mut Map<String, Value>> {
    of.get_mut(field).and_then(Value::as_object_mut)
}
