//! The Vestibule server.
//!
//! Owns the use cases ([`ops`]), the HTTP dialects, the pages, the mail and the jobs. Must not hold
//! SQL (that is `vestibule-store`) nor rules (that is `vestibule-core`).

pub mod app;
pub mod ctx;
pub mod error;
pub mod ops;
pub mod settings;

pub use app::App;
pub use ctx::{Actor, Ctx};
pub use error::AppError;
pub use settings::Settings;
