//! `networking.k8s.io/v1 NetworkPolicy`.

use serde::Deserialize;

use crate::finding::FieldPath;
use crate::labels::Selector;
use crate::policy::{Isolates, Namespaces, PodSet, Policy};

/// `spec` as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Spec<'a> {
    #[serde(skip)]
    _text: std::marker::PhantomData<&'a str>,
}

/// The policy in the normal form, and what the API server would refuse in it.
pub fn translate(_: &Spec<'_>) -> (Policy, Vec<(FieldPath, String)>) {
    let policy = Policy {
        tier: 1_000_000,
        subject: PodSet {
            namespaces: Namespaces::Own,
            pods: Selector::default(),
        },
        ingress: Vec::new(),
        egress: Vec::new(),
        isolates: Isolates {
            ingress: true,
            egress: false,
        },
    };
    (policy, Vec::new())
}
