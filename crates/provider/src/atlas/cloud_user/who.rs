//! Who is meant: by id or by address, in import ids and look-ups.

use tfplugin::{Diagnostic, Diagnostics, Object};
use vestibule_client::Error;
use vestibule_client::atlas::{Atlas, OrgUserFilter};
use vestibule_wire::atlas::{OrgUser, STATUS_INVITATION_EXPIRED, STATUS_INVITATION_REJECTED};

use super::super::state_id::is_object_id;
use crate::address;

/// A person by one of their two names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who<'a> {
    /// The user's id.
    Id(&'a str),
    /// The user's address.
    Address(&'a str),
}

impl<'a> Who<'a> {
    /// Reads the last part of an import id. What is no id is an address; the vendor's provider asks
    /// for a top-level domain and takes `me@localhost` for an id.
    pub(super) fn parse(text: &'a str) -> Self {
        if is_object_id(text) {
            return Self::Id(text);
        }
        Self::Address(text)
    }

    /// Those that a state or a configuration names, the id first.
    pub(super) fn named(object: &'a Object) -> impl Iterator<Item = Self> {
        let text = |name: &str| object.get(name).as_str().filter(|text| !text.is_empty());
        let id = text("user_id").map(Who::Id);
        id.into_iter().chain(text("username").map(Who::Address))
    }

    /// Puts the name into a state.
    pub(super) fn put_into(self, state: Object) -> Object {
        match self {
            Self::Id(id) => state.with("user_id", id),
            Self::Address(address) => state.with("username", address),
        }
    }

    /// Whether the service's answer is about this person.
    pub(super) fn is(self, id: &str, username: &str) -> bool {
        match self {
            Self::Id(wanted) => wanted.eq_ignore_ascii_case(id),
            Self::Address(wanted) => address::is_same(wanted, username),
        }
    }
}

/// Whether somebody with this status is a member or may still become one by the invitation.
pub(crate) fn is_current(status: &str) -> bool {
    status != STATUS_INVITATION_EXPIRED && status != STATUS_INVITATION_REJECTED
}

/// A member of an organization, or somebody who is invited.
///
/// # Errors
/// What the service answers.
pub(crate) async fn org_user(
    client: &Atlas,
    org_id: &str,
    who: Who<'_>,
) -> Result<Option<OrgUser>, Error> {
    let found: Vec<OrgUser> = match who {
        Who::Id(id) => client.org_user(org_id, id).await?.into_iter().collect(),
        Who::Address(address) => {
            let filter = OrgUserFilter {
                username: Some(address.to_owned()),
                statuses: Vec::new(),
            };
            client.list_org_users(org_id, &filter).await?
        }
    };
    // The vendor's provider takes the first of a filtered list, whoever that is.
    Ok(found.into_iter().find(|user| {
        who.is(&user.user.id, &user.username) && is_current(&user.user.org_membership_status)
    }))
}

/// Splits an import id at its slashes; the last part may contain more of them.
///
/// # Errors
/// A diagnostic that shows the right form.
pub(super) fn split_import_id<'a, const N: usize>(
    id: &'a str,
    form: &str,
) -> Result<[&'a str; N], Diagnostics> {
    let parts: Vec<&str> = id.splitn(N, '/').collect();
    let parts: Option<[&str; N]> = parts.try_into().ok();
    parts
        .filter(|parts| parts.iter().all(|part| !part.is_empty()))
        .ok_or_else(|| {
            Diagnostic::error("The import id is malformed")
                .detail(format!("It must have the form {form}, but it is {id:?}."))
                .into()
        })
}

/// Checks that a data source is told the id or the address, and not both.
pub(super) fn check_exactly_one(config: &Object, diagnostics: &mut Diagnostics) {
    let (id, username) = (config.get("user_id"), config.get("username"));
    if id.is_unknown() || username.is_unknown() {
        return;
    }
    let problem = match (id.is_null(), username.is_null()) {
        (true, true) => "Neither user_id nor username is set. Set one of them.",
        (false, false) => "Both user_id and username are set. Set one of them only.",
        (true, false) | (false, true) => return,
    };
    diagnostics.push(
        Diagnostic::error("The user is not named by exactly one argument")
            .detail(problem)
            .at("user_id"),
    );
}

/// The error of a data source whose user is not there.
pub(super) fn nobody(config: &Object, place: &str) -> Diagnostics {
    let name = if config.get("user_id").is_null() {
        "username"
    } else {
        "user_id"
    };
    let text = config.get(name).as_str().unwrap_or_default();
    Diagnostic::error("There is no such user")
        .detail(format!(
            "Nobody with the {name} {text:?} is in the {place} or invited to it."
        ))
        .at(name)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_of_an_import_id_is_an_id_or_an_address() {
        assert_eq!(
            Who::parse("6a0000000000000000000001"),
            Who::Id("6a0000000000000000000001")
        );
        for address in ["ann@example.org", "me@localhost", "test0-acc-username"] {
            assert_eq!(Who::parse(address), Who::Address(address));
        }
    }

    #[test]
    fn an_import_id_has_as_many_parts_as_its_form() {
        assert_eq!(split_import_id("a/b@c", "x"), Ok(["a", "b@c"]));
        assert_eq!(split_import_id("a/t/b/c@d", "x"), Ok(["a", "t", "b/c@d"]));
        for malformed in ["", "a", "a/", "/b"] {
            assert!(split_import_id::<2>(malformed, "x").is_err(), "{malformed}");
        }
        assert!(split_import_id::<3>("a/b", "x").is_err());
    }
}
