//! What a closure sees of its transaction: statements in, rows out.
//!
//! Owns [`Tx`] and [`Row`]. Must not begin, commit or roll back: the engines do that around the
//! closure. Must not decide anything either.

use crate::{
    Cause, Error, Param, Sql,
    engine::{postgres, sqlite},
};

/// One transaction, lent to a closure by [`crate::Store::write`] or [`crate::Store::read`].
///
/// A statement that fails ends the transaction: every later statement returns the same error, and
/// nothing is kept even if the closure returns `Ok`. So a use case cannot mean one thing on
/// PostgreSQL, which works this way, and another on SQLite, which does not. Insert with
/// `on conflict … do nothing` where a conflict is expected.
pub struct Tx<'a> {
    session: Session<'a>,
    failure: Option<Error>,
}

/// The connection a transaction runs on.
pub(crate) enum Session<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut postgres::Connection),
}

impl<'a> Tx<'a> {
    pub(crate) const fn new(session: Session<'a>) -> Self {
        Self {
            session,
            failure: None,
        }
    }

    /// The failure that ended the transaction, if one did.
    pub(crate) const fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    /// Runs a statement and tells how many rows it changed.
    ///
    /// # Errors
    /// Constraint violations as [`Error::Unique`], [`Error::Reference`], [`Error::Check`]; any other
    /// failure of the database. All of them end the transaction.
    pub fn execute(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<u64, Error> {
        self.statement(sql, params, |session| match session {
            Session::Sqlite(connection) => sqlite::execute(connection, sql, params),
            Session::Postgres(connection) => connection.execute(sql, params),
        })
    }

    /// The row that the statement gives, read by `read`, or `None`.
    ///
    /// # Errors
    /// [`Error::ManyRows`] if there are several; what `read` returns; see also [`Tx::execute`].
    pub fn find<T>(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut rows = self.list(sql, params, read)?;
        let row = rows.pop();
        if rows.is_empty() {
            Ok(row)
        } else {
            Err(Error::ManyRows)
        }
    }

    /// The one row that the statement gives, read by `read`.
    ///
    /// # Errors
    /// [`Error::NoRow`] and [`Error::ManyRows`]; what `read` returns; see also [`Tx::execute`].
    pub fn one<T>(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.find(sql, params, read)?.ok_or(Error::NoRow)
    }

    /// All rows that the statement gives, each read by `read`, in the statement's order.
    ///
    /// # Errors
    /// What `read` returns; see also [`Tx::execute`].
    pub fn list<T>(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut rows = Vec::new();
        let mut unreadable = None;
        let mut each = |row: &Row<'_>| match read(row) {
            Ok(value) if unreadable.is_none() => rows.push(value),
            Ok(_) => {}
            Err(error) => {
                unreadable.get_or_insert(error);
            }
        };
        self.statement(sql, params, |session| match session {
            Session::Sqlite(connection) => sqlite::query(connection, sql, params, &mut each),
            Session::Postgres(connection) => connection.query(sql, params, &mut each),
        })?;
        match unreadable {
            None => Ok(rows),
            Some(error) => Err(error),
        }
    }

    /// Prepares a statement without running it.
    pub(crate) fn prepare(&mut self, sql: Sql) -> Result<(), Error> {
        match &mut self.session {
            Session::Sqlite(connection) => sqlite::prepare(connection, sql),
            Session::Postgres(connection) => connection.prepare(sql),
        }
    }

    fn statement<T>(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
        run: impl FnOnce(&mut Session<'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let (expected, got) = (sql.parameters(), params.len());
        let result = if expected == got {
            run(&mut self.session)
        } else {
            // PostgreSQL takes more than it needs without a word.
            let source = Cause::text(format!("expected {expected} parameters but got {got}"));
            Err(Error::Statement { source })
        };
        result.inspect_err(|error| self.failure = Some(error.clone()))
    }
}

/// One row of a result. Columns are counted from 0, in the order the statement names them.
pub struct Row<'a>(Columns<'a>);

enum Columns<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(crate) const fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self(Columns::Sqlite(row))
    }

    pub(crate) const fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Self(Columns::Postgres(row))
    }

    /// The text in column `index`.
    ///
    /// # Errors
    /// [`Error::Value`] if it is null or not a text, or if there is no such column.
    pub fn text(&self, index: usize) -> Result<String, Error> {
        self.str(index).map(str::to_owned)
    }

    /// The text in column `index`, borrowed from the row.
    ///
    /// # Errors
    /// As [`Row::text`].
    pub fn str(&self, index: usize) -> Result<&str, Error> {
        self.opt_str(index)?.ok_or_else(|| column(index))
    }

    /// The integer in column `index`; a condition reads as 0 or 1.
    ///
    /// # Errors
    /// [`Error::Value`] if it is null or not an integer, or if there is no such column.
    pub fn int(&self, index: usize) -> Result<i64, Error> {
        self.opt_int(index)?.ok_or_else(|| column(index))
    }

    /// The text in column `index`, or `None` if it is null.
    ///
    /// # Errors
    /// [`Error::Value`] if it is not a text, or if there is no such column.
    pub fn opt_text(&self, index: usize) -> Result<Option<String>, Error> {
        Ok(self.opt_str(index)?.map(str::to_owned))
    }

    /// The text in column `index`, borrowed from the row, or `None` if it is null.
    ///
    /// # Errors
    /// As [`Row::opt_text`].
    pub fn opt_str(&self, index: usize) -> Result<Option<&str>, Error> {
        match self.0 {
            Columns::Sqlite(row) => sqlite::text(row, index),
            Columns::Postgres(row) => postgres::text(row, index),
        }
        .ok_or_else(|| column(index))
    }

    /// The integer in column `index`, or `None` if it is null; a condition reads as 0 or 1.
    ///
    /// # Errors
    /// [`Error::Value`] if it is not an integer, or if there is no such column.
    pub fn opt_int(&self, index: usize) -> Result<Option<i64>, Error> {
        match self.0 {
            Columns::Sqlite(row) => sqlite::int(row, index),
            Columns::Postgres(row) => postgres::int(row, index),
        }
        .ok_or_else(|| column(index))
    }
}

fn column(index: usize) -> Error {
    Error::value(format!("column {index}"))
}
