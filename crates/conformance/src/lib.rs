//! Golden requests and answers of the two vendors' APIs, run against any server that speaks them.
//!
//! Owns the golden files (`suites/`), how they are read, sent and compared, and the report. Imports
//! nothing of ours: a mistake that our server and our clients share would go unseen otherwise. Must
//! not know what Vestibule does; what a step may only ask of a server for testing says so itself.

pub mod compare;
mod credential;
mod exchange;
pub mod json;
mod pattern;
pub mod report;
pub mod run;
pub mod seed;
pub mod suite;
pub mod variables;
