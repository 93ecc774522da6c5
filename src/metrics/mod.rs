//! Prometheus metrics with typed labels.
