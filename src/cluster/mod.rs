//! The Store and the View over it.
