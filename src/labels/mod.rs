//! One Selector for every selector language, and nearness between labels.
