//! Policies as they would be with a patch, in place of those that there are.

use super::end::End;
use crate::object::Of;
use crate::policy::Policy;

/// A policy, and what it would be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Swap<'a> {
    pub(super) before: &'a Policy,
    pub(super) after: &'a Policy,
}

impl<'a> End<'a> {
    /// Puts what policies would be in their place.
    pub(super) fn swap(&mut self, swaps: &[Swap<'a>]) {
        let Self::Pods(shape) = self else {
            return;
        };
        for policy in &mut shape.policies {
            let mut meant = swaps.iter();
            if let Some(swap) = meant.find(|it| std::ptr::eq(it.before, policy.body)) {
                *policy = Of {
                    meta: policy.meta,
                    body: swap.after,
                };
            }
        }
    }
}
