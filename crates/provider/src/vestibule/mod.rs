//! Persona `vestibule`: our own provider block, with the types of all APIs behind it.

mod provider;

pub(crate) use provider::{configure, schema};
