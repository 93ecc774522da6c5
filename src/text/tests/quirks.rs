//! What kubectl's reader makes of YAML, case by case.

use crate::text::{chunks, from_node, parse};

fn json(yaml: &str) -> Result<String, String> {
    let chunk = chunks(yaml).next().ok_or("no chunk")?;
    let document = parse(&chunk).map_err(|error| error.message)?;
    let value: serde_json::Value = from_node(&document.root).map_err(|error| error.message)?;
    Ok(value.to_string())
}

#[test]
fn smoke() {
    for t in [
        "a: 0777\nb: [y, ~, 1.5, x]\n",
        "{\"a\": [1, \"\\ud83d\\ude00\"]}",
        "a: {{ x }}",
        "a:\n\t- b",
        "x: &a [1]\ny: *a\n",
    ] {
        println!("{t:?} {:?}", json(t));
    }
    let t = "a:\n  - b: |\n      x\n      y\n    c: \"q\"\n# c\n\nd:\ne: {f: g, h: }\nl:\n- &x y\n- *x\n\n";
    let chunk = chunks(t).next().unwrap();
    let d = parse(&chunk).unwrap();
    fn dump(t: &str, n: &crate::text::Node, k: &str) {
        println!("{k} {:?} {:?}", n.span, n.span.slice(t));
        for e in n.as_map().unwrap_or_default() {
            dump(t, &e.value, &e.key);
        }
        for e in n.as_seq().unwrap_or_default() {
            dump(t, e, "-");
        }
    }
    dump(t, &d.root, "root");
}
