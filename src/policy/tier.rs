//! Tiers: the order in which groups of policies are asked.

use std::sync::Arc;

/// Where a policy stands among the tiers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// In a place that is always the same; lower is asked first. `NetworkPolicy` is 1,000,000.
    At(u32),
    /// Where an object of this name says.
    Named(Arc<str>),
}

/// What becomes of what no rule of a tier matches, where one of its policies isolates the pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtEnd {
    /// It is denied.
    #[default]
    Denied,
    /// The next tier decides.
    Passed,
}

impl From<u32> for Tier {
    fn from(place: u32) -> Self {
        Self::At(place)
    }
}

/// An integer that sorts as an order does.
pub fn rank(order: f64) -> i64 {
    // Adding zero makes one of the two zeros.
    let bits = (order + 0.0).to_bits().cast_signed();
    bits ^ (((bits >> 63).cast_unsigned() >> 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_sort_as_orders_do() {
        let orders = [f64::NEG_INFINITY, -2.5, -1.0, -0.0, 0.5, 10.0, 1e6, 1e300];
        assert!(orders.is_sorted_by(|one, next| rank(*one) < rank(*next)));
        assert_eq!(rank(0.0), rank(-0.0));
    }
}
