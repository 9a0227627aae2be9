//! The attributes of a project invitation, and its state id.

use tfplugin::{Diagnostic, Diagnostics, Object, Value};
use vestibule_wire::atlas::GroupInvitation;

use super::super::state_id::{decode_parts, encode_parts};
use super::super::values::{keep_or_set, set_instant, set_text};
use crate::address;

/// What a state id says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// The project's id again in a placeholder.
    pub(super) invitation_id: String,
    pub(super) project_id: String,
    pub(super) username: String,
}

impl Identity {
    /// Which invitation a state is about: its id, completed by the attributes.
    ///
    /// # Errors
    /// A diagnostic when neither tells project, address and invitation.
    pub(super) fn of(state: &Object) -> Result<Self, Diagnostics> {
        let mut parts = decode_parts(state.get("id").as_str().unwrap_or_default());
        let mut part = |name: &str| {
            let stored = state.get(name).as_str().map(str::to_owned);
            parts
                .remove(name)
                .filter(|text| !text.is_empty())
                .or(stored)
        };
        if let (Some(invitation_id), Some(project_id), Some(username)) =
            (part("invitation_id"), part("project_id"), part("username"))
        {
            return Ok(Self {
                invitation_id,
                project_id,
                username,
            });
        }
        Err(Diagnostic::error("The state names no invitation")
            .detail(
                "The id in the state is not one that a provider for MongoDB Atlas has written. \
                 Remove the resource from the state (terraform state rm) and import it again.",
            )
            .at("id")
            .into())
    }

    /// Of somebody who was in the project when the resource was created.
    pub(super) fn placeholder(project_id: &str, username: &str) -> Self {
        Self {
            invitation_id: project_id.to_owned(),
            project_id: project_id.to_owned(),
            username: username.to_owned(),
        }
    }

    /// Whether no invitation stands behind it.
    pub(super) fn is_placeholder(&self) -> bool {
        self.invitation_id.eq_ignore_ascii_case(&self.project_id)
    }

    pub(super) fn encode(&self) -> String {
        encode_parts([
            ("invitation_id", &self.invitation_id),
            ("project_id", &self.project_id),
            ("username", &self.username),
        ])
    }
}

/// Whether the state stands for somebody to whom no invitation was sent.
pub(super) fn is_placeholder(state: &Object) -> bool {
    Identity::of(state).is_ok_and(|identity| identity.is_placeholder())
}

/// Fills in what the service decides. What means the same in another spelling stays.
pub(super) fn fill(state: &mut Object, found: &GroupInvitation) {
    keep_or_set(state, "username", &found.username, address::is_same);
    if !found.group_id.is_empty() {
        keep_or_set(
            state,
            "project_id",
            &found.group_id,
            str::eq_ignore_ascii_case,
        );
    }
    set_instant(state, "created_at", Some(&found.created_at));
    set_instant(state, "expires_at", Some(&found.expires_at));
    set_text(state, "inviter_username", Some(&found.inviter_username));
    state.set("invitation_id", &found.id);
    state.set("roles", Value::set(&found.roles));
    let text = |name: &str| state.get(name).as_str().unwrap_or_default().to_owned();
    let identity = Identity {
        invitation_id: found.id.clone(),
        project_id: text("project_id"),
        username: text("username"),
    };
    let parts = decode_parts(&text("id"));
    let part = |name: &str| parts.get(name).map_or("", String::as_str);
    let means_the_same = part("invitation_id") == identity.invitation_id
        && part("project_id").eq_ignore_ascii_case(&identity.project_id)
        && address::is_same(part("username"), &identity.username);
    if !means_the_same {
        state.set("id", identity.encode());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_id_has_its_parts_in_the_order_of_their_keys() {
        let identity = Identity {
            invitation_id: "6a".to_owned(),
            project_id: "5f".to_owned(),
            username: "a@b.c".to_owned(),
        };
        assert_eq!(
            identity.encode(),
            "aW52aXRhdGlvbl9pZA==:NmE=-cHJvamVjdF9pZA==:NWY=-dXNlcm5hbWU=:YUBiLmM="
        );
        let state = Object::new().with("id", identity.encode());
        assert_eq!(Identity::of(&state), Ok(identity));
    }
}
