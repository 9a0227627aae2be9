//! All rows of all tables at once: only a server that is there for testing empties its database.

use crate::{Error, Sql, Tx};

pub(crate) const STATEMENTS: &[Sql] = &[
    Sql::new("delete from api_keys"),
    Sql::new("delete from audit_events"),
    Sql::new("delete from creations"),
    Sql::new("delete from invitations"),
    Sql::new("delete from memberships"),
    Sql::new("delete from organizations"),
    Sql::new("delete from outbox"),
    Sql::new("delete from project_holders"),
    Sql::new("delete from project_members"),
    Sql::new("delete from projects"),
    Sql::new("delete from revocations"),
    Sql::new("delete from service_accounts"),
    Sql::new("delete from team_members"),
    Sql::new("delete from teams"),
    Sql::new("delete from users"),
];

impl Tx<'_> {
    /// Deletes every row of every table.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_everything(&mut self) -> Result<(), Error> {
        for statement in STATEMENTS {
            self.execute(*statement, &[])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");

    /// The tables that stand after all migrations, by their texts.
    fn tables() -> BTreeSet<String> {
        let mut files: Vec<_> = std::fs::read_dir(MIGRATIONS)
            .expect("the migrations are there")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        // V10 comes after V9.
        files.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
        let mut tables = BTreeSet::new();
        for file in files {
            let text = std::fs::read_to_string(file).expect("a text");
            for line in text.lines() {
                let mut words = line.split([' ', '(', ';']).filter(|word| !word.is_empty());
                match (words.next(), words.next(), words.next()) {
                    (Some("create"), Some("table"), Some(name)) => {
                        tables.insert(name.to_owned());
                    }
                    (Some("drop"), Some("table"), Some(name)) => {
                        tables.remove(name);
                    }
                    _ => {}
                }
            }
        }
        tables
    }

    #[test]
    fn no_table_is_left_out() {
        let emptied: BTreeSet<_> = STATEMENTS
            .iter()
            .map(|sql| sql.text().trim_start_matches("delete from ").to_owned())
            .collect();
        assert_eq!(emptied, tables(), "a new table belongs into this list");
    }
}
