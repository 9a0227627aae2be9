//! Which database to open, and how.
//!
//! Owns [`StoreConfig`] and the reading of database addresses. Must not open anything.

use std::{fmt, num::NonZeroUsize, path::PathBuf, str::FromStr};

use crate::Error;

/// How many connections a PostgreSQL store has unless told otherwise.
const DEFAULT_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// When SQLite waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// At every commit: what was acknowledged survives a loss of power.
    #[default]
    Full,
    /// At checkpoints only: a loss of power may undo the last commits, but never damages the file.
    Normal,
}

/// Which database to open.
///
/// As text: `postgres://…` (or `postgresql://…`), `sqlite:PATH`, or a plain path.
/// - SQLite takes `?synchronous=full|normal`.
/// - PostgreSQL takes what its drivers usually take, several hosts and `target_session_attrs`
///   included, and also `connections=N` and `prepared_statements=on|off`. TLS: `sslmode=disable`;
///   `prefer` (the default) encrypts if the server can and verifies nothing; `require` and
///   `verify-full` both verify the server's certificate and its name, against the system's
///   certificates or, if given, `sslrootcert=FILE`. `allow` and `verify-ca` are refused.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreConfig {
    /// A file on a local disk, owned by one process at a time.
    Sqlite {
        /// The database file; created if it does not exist, its directory is not.
        path: PathBuf,
        /// When to wait for the disk.
        synchronous: Synchronous,
    },
    /// A PostgreSQL server, or one that speaks its protocol; several processes may share it.
    Postgres {
        /// The address, without the options `connections`.
        url: String,
        /// How many connections, and so how many use cases at once.
        connections: NonZeroUsize,
    },
}

impl StoreConfig {
    /// A SQLite file that waits for the disk at every commit.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::Sqlite {
            path: path.into(),
            synchronous: Synchronous::Full,
        }
    }
}

impl FromStr for StoreConfig {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return postgres(text);
        }
        let Some(rest) = text.strip_prefix("sqlite:") else {
            if text.contains("://") {
                return Err(Error::config("only postgres:// and sqlite: are known"));
            }
            return sqlite(text, None);
        };
        match rest.split_once('?') {
            Some((path, options)) => sqlite(path, Some(options)),
            None => sqlite(rest, None),
        }
    }
}

fn sqlite(path: &str, options: Option<&str>) -> Result<StoreConfig, Error> {
    // `sqlite:///var/lib/x.db` is an absolute path, as other programs write it.
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        return Err(Error::config(
            "sqlite needs the path of a file: several connections share it",
        ));
    }
    let mut synchronous = Synchronous::Full;
    for (name, value) in options.into_iter().flat_map(pairs) {
        synchronous = match (name, value) {
            ("synchronous", "full") => Synchronous::Full,
            ("synchronous", "normal") => Synchronous::Normal,
            ("synchronous", _) => return Err(Error::config("synchronous is full or normal")),
            _ => return Err(Error::config(format!("unknown sqlite option {name}"))),
        };
    }
    Ok(StoreConfig::Sqlite {
        path: path.into(),
        synchronous,
    })
}

fn postgres(text: &str) -> Result<StoreConfig, Error> {
    let (address, options) = text.split_once('?').unwrap_or((text, ""));
    let mut connections = DEFAULT_CONNECTIONS;
    let mut kept = Vec::new();
    for (name, value) in pairs(options) {
        if name == "connections" {
            connections = value
                .parse()
                .map_err(|_error| Error::config("connections is a number from 1"))?;
        } else {
            kept.push(format!("{name}={value}"));
        }
    }
    let url = if kept.is_empty() {
        address.to_owned()
    } else {
        format!("{address}?{}", kept.join("&"))
    };
    Ok(StoreConfig::Postgres { url, connections })
}

/// The options of an address, as written.
pub(crate) fn pairs(options: &str) -> impl Iterator<Item = (&str, &str)> {
    options
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Leaves out the address of a PostgreSQL server, which may hold a password.
impl fmt::Debug for StoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path, synchronous } => f
                .debug_struct("Sqlite")
                .field("path", path)
                .field("synchronous", synchronous)
                .finish(),
            Self::Postgres { connections, .. } => f
                .debug_struct("Postgres")
                .field("connections", connections)
                .finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> StoreConfig {
        text.parse().unwrap()
    }

    fn refused(text: &str) -> String {
        text.parse::<StoreConfig>().unwrap_err().to_string()
    }

    #[test]
    fn a_plain_path_is_a_sqlite_file() {
        assert_eq!(parsed("data/v.db"), StoreConfig::sqlite("data/v.db"));
        assert_eq!(parsed("sqlite:data/v.db"), StoreConfig::sqlite("data/v.db"));
        assert_eq!(
            parsed("sqlite:///var/v.db"),
            StoreConfig::sqlite("/var/v.db")
        );
    }

    #[test]
    fn sqlite_takes_the_synchronous_option_only() {
        assert_eq!(
            parsed("sqlite:v.db?synchronous=normal"),
            StoreConfig::Sqlite {
                path: "v.db".into(),
                synchronous: Synchronous::Normal
            }
        );
        insta::assert_snapshot!(refused("sqlite:v.db?synchronous=off"), @"the database address is not usable: synchronous is full or normal");
        insta::assert_snapshot!(refused("sqlite:v.db?cache=shared"), @"the database address is not usable: unknown sqlite option cache");
        insta::assert_snapshot!(refused("sqlite::memory:"), @"the database address is not usable: sqlite needs the path of a file: several connections share it");
    }

    #[test]
    fn a_postgres_address_keeps_all_but_the_number_of_connections() {
        assert_eq!(
            parsed("postgres://u:p@a,b:5433/db?connections=3&target_session_attrs=read-write"),
            StoreConfig::Postgres {
                url: "postgres://u:p@a,b:5433/db?target_session_attrs=read-write".to_owned(),
                connections: NonZeroUsize::new(3).unwrap()
            }
        );
        insta::assert_snapshot!(refused("postgres://h/db?connections=0"), @"the database address is not usable: connections is a number from 1");
    }

    #[test]
    fn another_scheme_is_refused() {
        insta::assert_snapshot!(refused("mysql://h/db"), @"the database address is not usable: only postgres:// and sqlite: are known");
    }

    #[test]
    fn the_debug_form_has_no_password() {
        insta::assert_snapshot!(format!("{:?}", parsed("postgres://u:secret@h/db")), @"Postgres { connections: 16, .. }");
    }
}
