//! Running one statement on a SQLite connection.

use rusqlite::{CachedStatement, Connection, types::ValueRef};

use super::error;
use crate::{Cause, Error, Param, Row, Sql, sql::Plain};

/// Runs a statement and counts the rows it changed.
pub(crate) fn execute(
    connection: &Connection,
    sql: Sql,
    params: &[Param<'_>],
) -> Result<u64, Error> {
    let mut statement = bound(connection, sql, params)?;
    if statement.column_count() == 0 {
        let changed = statement.raw_execute().map_err(error)?;
        return Ok(u64::try_from(changed).unwrap_or(u64::MAX));
    }
    // With `returning`, or for a query, the rows are what counts, as they do on PostgreSQL.
    let mut rows = statement.raw_query();
    let mut count = 0;
    while rows.next().map_err(error)?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Runs a statement to its end and shows each row to `each`.
pub(crate) fn query(
    connection: &Connection,
    sql: Sql,
    params: &[Param<'_>],
    each: &mut dyn FnMut(&Row<'_>),
) -> Result<(), Error> {
    let mut statement = bound(connection, sql, params)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(error)? {
        each(&Row::sqlite(row));
    }
    Ok(())
}

/// Prepares a statement and checks that its placeholders are `$1` to `$n`.
pub(crate) fn prepare(connection: &Connection, sql: Sql) -> Result<(), Error> {
    let statement = connection.prepare_cached(sql.text()).map_err(error)?;
    let slots = statement.parameter_count();
    for slot in 1..=slots {
        position(&statement, slot)?;
    }
    if slots == sql.parameters() {
        Ok(())
    } else {
        Err(misnumbered(sql))
    }
}

/// The text in a column: `None` if the column is missing or of another type.
pub(crate) fn text<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Option<Option<&'r str>> {
    match row.get_ref(index).ok()? {
        ValueRef::Null => Some(None),
        ValueRef::Text(text) => Some(Some(std::str::from_utf8(text).ok()?)),
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
    }
}

/// The integer in a column: `None` if the column is missing or of another type.
pub(crate) fn int(row: &rusqlite::Row<'_>, index: usize) -> Option<Option<i64>> {
    match row.get_ref(index).ok()? {
        ValueRef::Null => Some(None),
        ValueRef::Integer(int) => Some(Some(int)),
        ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => None,
    }
}

fn bound<'c>(
    connection: &'c Connection,
    sql: Sql,
    params: &[Param<'_>],
) -> Result<CachedStatement<'c>, Error> {
    let mut statement = connection.prepare_cached(sql.text()).map_err(error)?;
    let slots = statement.parameter_count();
    for slot in 1..=slots {
        // The names are a look-up and a parse each.
        let position = if sql.is_in_order() {
            slot
        } else {
            position(&statement, slot)?
        };
        let param = position.checked_sub(1).and_then(|at| params.get(at));
        let param = param.ok_or_else(|| misnumbered(sql))?;
        match param.plain() {
            Plain::Text(text) => statement.raw_bind_parameter(slot, text),
            Plain::Int(int) => statement.raw_bind_parameter(slot, int),
        }
        .map_err(error)?;
    }
    Ok(statement)
}

/// Which parameter belongs in a slot.
///
/// To SQLite `$1` is a name like any other: slots are numbered as the names first appear, so in
/// `… $2 … $1 …` the first slot is `$2`'s.
fn position(statement: &CachedStatement<'_>, slot: usize) -> Result<usize, Error> {
    statement
        .parameter_name(slot)
        .and_then(|name| name.strip_prefix('$'))
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Error::Statement {
            source: Cause::text("a placeholder is not $ and a number"),
        })
}

fn misnumbered(sql: Sql) -> Error {
    Error::Statement {
        source: Cause::text(format!("the placeholders of {sql:?} are not $1 to $n")),
    }
}
