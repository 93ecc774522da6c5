//! What users write, right and wrong, and what is read of it.

mod access;
mod custom;
mod endpoints;
mod hosts;
mod pods;
mod refusals;
mod robustness;
mod routes;
mod services;
mod table;

use serde_json::Value;

use crate::object::{Object, Workload};

/// Reads an object that must decode, from text as admission sends it.
fn read(object: &Value) -> Object {
    decode(object).unwrap()
}

/// Reads an object, or says why it does not decode.
fn decode(object: &Value) -> Result<Object, String> {
    let text = object.to_string();
    let word = |key: &str| object[key].as_str().unwrap_or_default().to_owned();
    let mut deserializer = serde_json::Deserializer::from_slice(text.as_bytes());
    super::parse(&word("apiVersion"), &word("kind"), &mut deserializer)
        .map_err(|error| error.to_string())
}

/// The problems of an object, as `field: message`.
fn problems(object: &Value) -> Vec<String> {
    let problems = read(object).meta.problems;
    problems
        .iter()
        .map(|problem| format!("{}: {}", problem.field, problem.message))
        .collect()
}

fn workload(object: &Value) -> Workload {
    read(object).typed::<Workload>().unwrap().body.clone()
}
