//! YAML and JSON to a span tree that knows no Kubernetes, and a serde Deserializer over it.
