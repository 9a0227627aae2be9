//! The Vestibule server.
//!
//! Owns the use cases ([`ops`]), the HTTP dialects, the pages, the mail and the jobs. Must not hold
//! SQL (that is `vestibule-store`) nor rules (that is `vestibule-core`).

pub mod app;
mod connections;
pub mod ctx;
pub mod distribution;
pub mod error;
pub mod http;
pub mod issuer;
pub mod jobs;
pub mod mail;
pub mod ops;
mod run;
pub mod settings;
mod shown;
pub mod testing;
mod throttle;

pub use app::App;
pub use ctx::{Actor, Ctx};
pub use error::AppError;
pub use run::serve;
pub use settings::Settings;
