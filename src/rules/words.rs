//! How messages list things: a few by name, the rest counted.

/// How many are named before the rest is counted.
const NAMED: usize = 4;

/// `a, b, c`, each once, at most four of them: `a, b, c, d and 3 more`.
pub(super) fn listed(items: impl IntoIterator<Item = impl Into<String>>) -> String {
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
}
