//! Objects broken in their structure: any value by any other, keys dropped, renamed and given
//! twice.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

/// One thing done to one value of an object.
#[derive(Clone, Debug)]
pub(crate) struct Mutation {
    at: Index,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Replace(Value),
    Graft(Index),
    Swap(Index),
    Drop,
    Rename(String),
    Twice(Value),
    Nest(usize),
    Wrap,
    Repeat(usize),
}

/// Marks a key that is written without the mark: a map cannot hold a key twice, a text can.
const AGAIN: &str = "§";

/// Any of the above.
pub(crate) fn mutation() -> impl Strategy<Value = Mutation> {
    let keys = [
        "metadata",
        "namespace",
        "spec",
        "selector",
        "matchLabels",
        "ports",
        "port",
        "template",
        "egress",
        "",
        "to",
        "items",
        "kind",
        "a.b/c",
        "\u{202e}",
        "{{ .x }}",
        "labels",
        "status",
        "data",
        "containers",
    ];
    let what = prop_oneof![
        8 => odd().prop_map(What::Replace),
        2 => any::<Index>().prop_map(What::Graft),
        1 => any::<Index>().prop_map(What::Swap),
        2 => Just(What::Drop),
        1 => prop::sample::select(keys.to_vec()).prop_map(|key| What::Rename(key.to_owned())),
        1 => odd().prop_map(What::Twice),
        1 => prop_oneof![1_usize..200, 900_usize..1_100].prop_map(What::Nest),
        1 => Just(What::Wrap),
        1 => (2_usize..300).prop_map(What::Repeat),
    ];
    (any::<Index>(), what).prop_map(|(at, what)| Mutation { at, what })
}

/// Values of every type that nobody expects where they stand.
fn odd() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        " ",
        "-",
        ".",
        "/",
        "a/b/c",
        "0",
        "-1",
        "65536",
        "8080",
        "99999999999999999999",
        "0x10",
        "1e3",
        "NaN",
        "true",
        "yes",
        "~",
        "{{ .Values.x }}",
        "${X}",
        "a\u{0}b",
        "a\nb",
        "\u{1b}[31m",
        "\u{202e}a",
        "\u{200b}",
        "\u{3164}",
        "\u{1f600}",
        "ü",
        "10.0.0.0/8",
        "10.0.0.1/33",
        "::/0",
        "::ffff:1.2.3.4/96",
        "Exists",
        "In",
        "None",
        "ExternalName",
        "default",
        "kubernetes",
        "kube-dns",
        "kube-system",
        "TCP",
        "UDP",
        "SCTP",
        "udp",
        "Egress",
        "Orphan",
        "v1",
        "apps/v1",
        "List",
        "Service",
        "Pod",
        "NetworkPolicy",
        "\"",
        "\\",
        "'",
    ];
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(53),
        json!(443),
        json!(65_535),
        json!(65_536),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(-0.0),
        json!(4_294_967_296_u64),
    ];
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        4 => prop::sample::select(texts.to_vec()).prop_map(Value::from),
        3 => prop::sample::select(numbers.to_vec()),
        1 => Just(json!([])),
        1 => Just(json!({})),
        1 => Just(json!([null])),
        1 => Just(json!([[], {}, "", 0])),
        1 => Just(json!({"": null})),
        1 => Just(json!({"matchLabels": {"app": null}, "matchExpressions": [{"operator": "In"}]})),
        1 => Just(json!({"key": "app", "operator": "NotIn", "values": []})),
        1 => Just(json!({"port": 1, "endPort": 0})),
        1 => Just(json!({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "x", "::/0"]})),
        1 => Just(json!({"metadata": {"labels": {"a": "b"}}, "spec": {"containers": []}})),
        1 => Just(Value::String("x".repeat(10_000))),
        1 => prop::string::string_regex("\\PC{0,12}").unwrap().prop_map(Value::String),
        1 => any::<i64>().prop_map(Value::from),
    ]
}

/// Breaks an object.
pub(crate) fn apply(object: &mut Value, mutation: &Mutation) {
    let mut paths = Vec::new();
    paths_of(object, &mut String::new(), &mut paths);
    let at = &paths[mutation.at.index(paths.len())];
    let (parent, key) = split(at);
    match &mutation.what {
        What::Replace(value) => put(object, at, value.clone()),
        What::Graft(from) => {
            let value = take(object, &paths[from.index(paths.len())]);
            put(object, at, value);
        }
        What::Swap(other) => {
            let other = &paths[other.index(paths.len())];
            let (a, b) = (take(object, at), take(object, other));
            put(object, at, b);
            put(object, other, a);
        }
        What::Nest(depth) => {
            // Not with json!, which copies what it is given.
            let value = (0..*depth).fold(take(object, at), |value, n| match n % 2 {
                0 => Value::Array(vec![value]),
                _ => Value::Object([("a".to_owned(), value)].into_iter().collect()),
            });
            put(object, at, value);
        }
        What::Wrap => {
            let value = Value::Array(vec![take(object, at)]);
            put(object, at, value);
        }
        What::Repeat(times) => {
            if let Some(Value::Array(items)) = object.pointer_mut(at)
                && let Some(first) = items.first().cloned()
            {
                items.extend(std::iter::repeat_n(first, *times));
            }
        }
        What::Drop => with_parent(object, parent, |map| drop(map.remove(&key))),
        What::Rename(to) => with_parent(object, parent, |map| {
            if let Some(value) = map.remove(&key) {
                map.insert(to.clone(), value);
            }
        }),
        What::Twice(value) => with_parent(object, parent, |map| {
            map.insert(format!("{AGAIN}{key}"), value.clone());
        }),
    }
}

/// An object as JSON, with the keys that it has twice.
pub(crate) fn written(object: &Value) -> String {
    object.to_string().replace(&format!("\"{AGAIN}"), "\"")
}

fn paths_of(value: &Value, at: &mut String, paths: &mut Vec<String>) {
    paths.push(at.clone());
    let length = at.len();
    let mut into = |key: &str, value: &Value| {
        at.push('/');
        at.push_str(&key.replace('~', "~0").replace('/', "~1"));
        paths_of(value, at, paths);
        at.truncate(length);
    };
    match value {
        Value::Array(items) => items
            .iter()
            .take(20)
            .enumerate()
            .for_each(|(n, item)| into(&n.to_string(), item)),
        Value::Object(map) => map.iter().for_each(|(key, value)| into(key, value)),
        _ => {}
    }
}

fn split(at: &str) -> (&str, String) {
    let (parent, key) = at.rsplit_once('/').unwrap_or_default();
    (parent, key.replace("~1", "/").replace("~0", "~"))
}

fn take(object: &Value, at: &str) -> Value {
    object.pointer(at).cloned().unwrap_or_default()
}

fn put(object: &mut Value, at: &str, value: Value) {
    if let Some(slot) = object.pointer_mut(at) {
        *slot = value;
    }
}

fn with_parent(object: &mut Value, parent: &str, edit: impl FnOnce(&mut Map<String, Value>)) {
    if let Some(Value::Object(map)) = object.pointer_mut(parent) {
        edit(map);
    }
}
