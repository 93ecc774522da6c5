//! The dialects: the only place that knows one from another.
