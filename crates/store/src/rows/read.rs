//! Columns into domain values. Must not invent a value for one that does not read.

use vestibule_core::key::Principal;
use vestibule_core::project::ProjectRole;
use vestibule_core::role::RoleSet;
use vestibule_core::{Id, Timestamp};

use crate::{Error, Row};

/// What a column's text is, according to `parse`; `what` names the column in the error.
pub(super) fn parsed<T>(
    row: &Row<'_>,
    index: usize,
    what: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Error> {
    parse(row.str(index)?).ok_or_else(|| Error::value(what))
}

/// As [`parsed`], for a column that may be null.
pub(super) fn opt_parsed<T>(
    row: &Row<'_>,
    index: usize,
    what: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let Some(text) = row.opt_str(index)? else {
        return Ok(None);
    };
    parse(text).map(Some).ok_or_else(|| Error::value(what))
}

pub(super) fn id<K>(row: &Row<'_>, index: usize, what: &'static str) -> Result<Id<K>, Error> {
    parsed(row, index, what, Id::from_hex)
}

pub(super) fn time(row: &Row<'_>, index: usize) -> Result<Timestamp, Error> {
    Ok(Timestamp::from_micros(row.int(index)?))
}

pub(super) fn opt_time(row: &Row<'_>, index: usize) -> Result<Option<Timestamp>, Error> {
    Ok(row.opt_int(index)?.map(Timestamp::from_micros))
}

pub(super) fn roles(row: &Row<'_>, index: usize, what: &'static str) -> Result<RoleSet, Error> {
    parsed(row, index, what, RoleSet::from_names)
}

/// Roles in a project: whoever has none is not there.
pub(super) fn project_roles(
    row: &Row<'_>,
    index: usize,
    what: &'static str,
) -> Result<RoleSet<ProjectRole>, Error> {
    let some = |names: &str| RoleSet::from_names(names).filter(|roles| !roles.is_empty());
    parsed(row, index, what, some)
}

/// A principal in two columns: its kind at `index`, its id in the next one.
pub(super) fn principal(
    row: &Row<'_>,
    index: usize,
    what: &'static str,
) -> Result<Principal, Error> {
    let kind = row.str(index)?;
    parsed(row, index + 1, what, |id| Principal::from_stored(kind, id))
}

pub(super) fn micros(instant: Option<Timestamp>) -> Option<i64> {
    instant.map(Timestamp::as_micros)
}

/// An id as it is stored; before all ids if there is none.
pub(super) fn hex_or_first<K>(id: Option<Id<K>>) -> String {
    id.map(Id::to_hex).unwrap_or_default()
}
