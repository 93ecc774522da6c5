//! How messages say things: a few by name, the rest counted; values as YAML takes them.

use crate::text;

/// How many are named before the rest is counted.
const NAMED: usize = 4;

/// `a, b, c`, each once, at most four of them: `a, b, c, d and 3 more`.
pub(crate) fn listed(items: impl IntoIterator<Item = impl Into<String>>) -> String {
    let mut all: Vec<String> = Vec::new();
    for item in items {
        let item = item.into();
        if !all.contains(&item) {
            all.push(item);
        }
    }
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    let named = all.join(", ");
    if more > 0 {
        format!("{named} and {more} more")
    } else {
        named
    }
}

/// `Deployment shop/web`, with how many there are beside it: `Deployment shop/web and 2 more`.
pub(super) fn and_more(first: impl std::fmt::Display, all: usize) -> String {
    match all.saturating_sub(1) {
        0 => first.to_string(),
        more => format!("{first} and {more} more"),
    }
}

/// A string as it must stand in YAML to be read as that string: `true` needs its quotes.
pub(super) fn as_yaml(value: &str) -> String {
    let document = format!("value: {value}");
    let read = text::chunks(&document).next().and_then(|chunk| {
        let document = text::parse(&chunk).ok()?;
        Some(document.root.get("value")?.as_str() == Some(value))
    });
    if read == Some(true) {
        value.to_owned()
    } else {
        format!("{value:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_names_four_and_counts_the_rest_each_once() {
        assert_eq!(listed(["a", "b", "a"]), "a, b");
        assert_eq!(
            listed(["a", "b", "c", "d", "e", "f"]),
            "a, b, c, d and 2 more"
        );
        assert_eq!(listed([] as [&str; 0]), "");
    }

    #[test]
    fn what_stands_beside_the_first_is_counted() {
        assert_eq!(and_more("x", 1), "x");
        assert_eq!(and_more("x", 3), "x and 2 more");
    }

    #[test]
    fn only_what_yaml_would_read_as_something_else_is_quoted() {
        assert_eq!(as_yaml("web"), "web");
        assert_eq!(as_yaml("true"), "\"true\"");
        assert_eq!(as_yaml("8"), "\"8\"");
        assert_eq!(as_yaml("on"), "\"on\"");
        assert_eq!(as_yaml(""), "\"\"");
    }
}
