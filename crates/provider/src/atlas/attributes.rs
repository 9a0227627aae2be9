//! The attributes of an organization invitation: reading them, filling them in.

use tfplugin::{AccessError, Diagnostic, Diagnostics, Object, Value};
use vestibule_wire::atlas::OrgInvitation;

use super::state_id::StateId;
use super::values::{keep_or_set, set_instant, set_text};
use crate::address;

/// Which invitation a state is about: its id, completed by the attributes.
///
/// # Errors
/// A diagnostic when neither tells organization, address and invitation.
pub(crate) fn identity(state: &Object) -> Result<StateId, Diagnostics> {
    let stored = StateId::decode(state.get("id").as_str().unwrap_or_default());
    let or_attribute = |text: String, name: &str| {
        if text.is_empty() {
            state.get(name).as_str().unwrap_or_default().to_owned()
        } else {
            text
        }
    };
    let identity = StateId {
        invitation_id: or_attribute(stored.invitation_id, "invitation_id"),
        org_id: or_attribute(stored.org_id, "org_id"),
        username: or_attribute(stored.username, "username"),
    };
    if identity.invitation_id.is_empty()
        || identity.org_id.is_empty()
        || identity.username.is_empty()
    {
        return Err(Diagnostic::error("The state names no invitation")
            .detail(
                "The id in the state is not one that a provider for MongoDB Atlas has written. \
                 Remove the resource from the state (terraform state rm) and import it again.",
            )
            .at("id")
            .into());
    }
    Ok(identity)
}

/// Whether the state stands for a member to whom no invitation was sent.
pub(crate) fn is_placeholder(state: &Object) -> bool {
    StateId::decode(state.get("id").as_str().unwrap_or_default()).is_placeholder()
}

/// Fills in what the service decides. What means the same in another spelling stays.
pub(crate) fn fill(state: &mut Object, found: &OrgInvitation) {
    keep_or_set(state, "username", &found.username, address::is_same);
    if !found.org_id.is_empty() {
        keep_or_set(state, "org_id", &found.org_id, str::eq_ignore_ascii_case);
    }
    set_instant(state, "created_at", Some(&found.created_at));
    set_instant(state, "expires_at", Some(&found.expires_at));
    state.set("invitation_id", &found.id);
    set_text(state, "inviter_username", Some(&found.inviter_username));
    state.set("roles", Value::set(&found.roles));
    state.set("teams_ids", Value::set(&found.team_ids));
    let text = |name: &str| state.get(name).as_str().unwrap_or_default().to_owned();
    let id = StateId {
        invitation_id: found.id.clone(),
        org_id: text("org_id"),
        username: text("username"),
    };
    let stored = StateId::decode(state.get("id").as_str().unwrap_or_default());
    let means_the_same = stored.invitation_id == id.invitation_id
        && stored.org_id.eq_ignore_ascii_case(&id.org_id)
        && address::is_same(&stored.username, &id.username);
    if !means_the_same {
        state.set("id", id.encode());
    }
}

/// The strings of a set as the service is sent them; `None` when it is null or unknown.
///
/// # Errors
/// When it is no collection of strings, which the schema rules out.
pub(crate) fn strings(state: &Object, name: &str) -> Result<Option<Vec<String>>, AccessError> {
    let strings = state.strings(name)?.known();
    Ok(strings.map(|strings| strings.into_iter().map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> OrgInvitation {
        OrgInvitation {
            created_at: "2026-11-22T05:59:56Z".to_owned(),
            expires_at: "2026-12-22T05:59:56Z".to_owned(),
            id: "6a0000000000000000000004".to_owned(),
            inviter_username: "abcdefgh".to_owned(),
            org_id: "5f0000000000000000000001".to_owned(),
            roles: vec!["ORG_OWNER".to_owned(), "ORG_MEMBER".to_owned()],
            username: "ann@example.org".to_owned(),
            ..OrgInvitation::default()
        }
    }

    #[test]
    fn spellings_in_the_state_stay() {
        let id = StateId {
            invitation_id: "6a0000000000000000000004".to_owned(),
            org_id: "5f0000000000000000000001".to_owned(),
            username: "Ann@Example.org".to_owned(),
        };
        let mut parts: Vec<String> = id.encode().split('-').map(str::to_owned).collect();
        parts.reverse();
        let stored = Object::new()
            .with("id", parts.join("-"))
            .with("username", "Ann@Example.org")
            .with("org_id", "5F0000000000000000000001")
            .with("created_at", "2026-11-22T05:59:56.000Z")
            .with("expires_at", "2026-12-22T05:59:56Z");
        let mut state = stored.clone();
        fill(&mut state, &found());
        for (name, value) in stored.iter() {
            assert_eq!(state.get(name), value, "{name}");
        }
        assert_eq!(state.get("roles"), &Value::set(["ORG_MEMBER", "ORG_OWNER"]));
        assert_eq!(state.get("teams_ids"), &Value::Set(Vec::new()));
    }

    #[test]
    fn a_state_without_a_readable_id_is_about_its_attributes() {
        let state = Object::new()
            .with("id", "???")
            .with("org_id", "5f0000000000000000000001")
            .with("username", "ann@example.org")
            .with("invitation_id", "6a0000000000000000000004");
        assert_eq!(
            identity(&state).expect("an identity").invitation_id,
            "6a0000000000000000000004"
        );
        let error = identity(&state.with("invitation_id", Value::Null)).expect_err("refused");
        assert!(error.has_errors());
    }
}
