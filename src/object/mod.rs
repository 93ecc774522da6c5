//! Kubernetes objects, typed, slim, parsed once at the edge.
