//! Judgement - review(changes, before, knowledge, config) -> Outcome.
