//! What all three types, and the members of a team, say about a person.

use tfplugin::{Attribute, Object, Schema};
use vestibule_wire::atlas::{CloudUser, GroupUser, OrgUser};

use super::super::values::{keep_or_set, set_instant, set_text};
use crate::address;

const INSTANTS: [&str; 4] = [
    "invitation_created_at",
    "invitation_expires_at",
    "created_at",
    "last_auth",
];
/// Which of the facts are plain texts.
pub(crate) const TEXTS: [&str; 5] = [
    "inviter_username",
    "country",
    "first_name",
    "last_name",
    "mobile_number",
];

/// A user as the service shows one, without roles and teams.
pub(crate) struct Person<'a> {
    pub(crate) id: &'a str,
    pub(crate) username: &'a str,
    status: &'a str,
    /// As in [`INSTANTS`].
    instants: [Option<&'a str>; 4],
    /// As in [`TEXTS`].
    texts: [Option<&'a str>; 5],
}

/// The attributes of every [`Person`], and how they are described.
const DESCRIPTIONS: [(&str, &str); 10] = [
    (
        "org_membership_status",
        "PENDING while the invitation waits for an answer, ACTIVE for a member.",
    ),
    ("invitation_created_at", "When the invitation was made."),
    ("invitation_expires_at", "When the invitation ends."),
    ("inviter_username", "Who invited."),
    ("country", "The user's country, two letters."),
    ("created_at", "When the user's account was made."),
    ("first_name", "The user's first name."),
    ("last_auth", "When the user last signed in."),
    ("last_name", "The user's last name."),
    ("mobile_number", "The user's mobile number."),
];

impl<'a> From<&'a OrgUser> for Person<'a> {
    fn from(found: &'a OrgUser) -> Self {
        Self::of(&found.user, &found.username)
    }
}

impl<'a> From<&'a GroupUser> for Person<'a> {
    fn from(found: &'a GroupUser) -> Self {
        Self::of(&found.user, &found.username)
    }
}

impl<'a> Person<'a> {
    fn of(user: &'a CloudUser, username: &'a str) -> Self {
        Self {
            id: &user.id,
            username,
            status: &user.org_membership_status,
            instants: [
                user.invitation_created_at.as_deref(),
                present(&user.invitation_expires_at),
                user.created_at.as_deref(),
                user.last_auth.as_deref(),
            ],
            texts: [
                user.inviter_username.as_deref(),
                user.country.as_deref(),
                user.first_name.as_deref(),
                user.last_name.as_deref(),
                present(&user.mobile_number),
            ],
        }
    }

    /// Fills in everything but who it is.
    fn fill_facts(&self, state: &mut Object) {
        state.set("org_membership_status", self.status);
        for (name, instant) in INSTANTS.into_iter().zip(self.instants) {
            set_instant(state, name, instant);
        }
        for (name, text) in TEXTS.into_iter().zip(self.texts) {
            set_text(state, name, text);
        }
    }

    /// Fills in a state that names the user by `user_id` and `username`. The address keeps its
    /// spelling.
    pub(super) fn fill(&self, state: &mut Object) {
        self.fill_facts(state);
        keep_or_set(state, "username", self.username, address::is_same);
        state.set("user_id", self.id);
    }
}

/// The schema with the facts about a person, all computed: acceptance changes any of them.
pub(super) fn with_facts(schema: Schema) -> Schema {
    DESCRIPTIONS
        .into_iter()
        .fold(schema, |schema, (name, text)| {
            schema.attribute(name, Attribute::string().computed().description(text))
        })
}

/// A person as an element of a list of users: the facts, and who it is by `id` and `username`.
pub(crate) fn person_values(person: &Person<'_>) -> Object {
    let mut values = Object::new()
        .with("id", person.id)
        .with("username", person.username);
    person.fill_facts(&mut values);
    values
}

/// What is neither absent nor null.
#[expect(
    clippy::option_option,
    reason = "absent, null and present are three different things on the wire"
)]
fn present(value: &Option<Option<String>>) -> Option<&str> {
    value.as_ref()?.as_deref()
}
