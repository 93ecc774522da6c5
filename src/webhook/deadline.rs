//! By when an answer is owed: `?timeout=10s`, as Go writes durations.

use std::time::Duration;

/// Kept back of what the API server gives, which rounds up and has a way to go.
const MARGIN: Duration = Duration::from_secs(1);

/// What is left at least.
const LEAST: Duration = Duration::from_millis(500);

/// How long an answer may take: a second less than the URL's `timeout`, at least half a second,
/// and never more than `most`.
pub(super) fn allowance(query: Option<&str>, most: Duration) -> Duration {
    query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .find_map(|pair| pair.strip_prefix("timeout="))
        .and_then(duration)
        .map_or(most, |given| {
            given.saturating_sub(MARGIN).max(LEAST).min(most)
        })
}

/// A duration as Go writes it: `10s`, `1m30s`, `500ms`, `1.5s`.
pub fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (number, after) = rest.split_at_checked(
            rest.find(|c: char| c != '.' && !c.is_ascii_digit())
                .unwrap_or(rest.len()),
        )?;
        let (unit, after) = after.split_at_checked(
            after
                .find(|c: char| c == '.' || c.is_ascii_digit())
                .unwrap_or(after.len()),
        )?;
        let seconds = number.parse::<f64>().ok()? * unit_seconds(unit)?;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = after;
    }
    Some(total)
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "h" => 3600.0,
        "m" => 60.0,
        "s" => 1.0,
        "ms" => 1e-3,
        "us" | "µs" | "%C2%B5s" => 1e-6,
        "ns" => 1e-9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(query: &str) -> u128 {
        allowance(Some(query), Duration::from_secs(20)).as_millis()
    }

    #[test]
    fn a_second_is_kept_back_and_half_a_second_is_left() {
        assert_eq!(millis("timeout=10s"), 9_000);
        assert_eq!(millis("timeout=2s"), 1_000);
        assert_eq!(millis("timeout=1s"), 500);
        assert_eq!(millis("timeout=0s"), 500);
        assert_eq!(millis("a=b&timeout=2500ms"), 1_500);
        assert_eq!(millis("timeout=1m30s"), 20_000);
        assert_eq!(millis("timeout=1.75s"), 750);
    }

    #[test]
    fn what_is_no_duration_leaves_the_cap() {
        for query in [
            "",
            "timeout=",
            "timeout=10",
            "timeout=s",
            "timeout=-3s",
            "timeout=1e9s",
            "timeout=..s",
            "time=1s",
        ] {
            assert_eq!(millis(query), 20_000, "{query}");
        }
    }
}
