//! Whole sets of manifests in folders of their own.
