//! The attributes that the resource and the data source share.

use tfplugin::{Attr, Object, Type, Value};
use vestibule_client::Error;
use vestibule_wire::confluent::{Invitation, ObjectReference};

use super::time;

/// The two ways a person may sign in. The service calls the list extensible; a value outside it
/// has never been accepted.
pub(crate) const AUTH_TYPES: [&str; 2] = ["AUTH_TYPE_LOCAL", "AUTH_TYPE_SSO"];

/// `list(object({id = string}))`, which the vendor's documentation calls a block: it is referred
/// to as `user[0].id`.
pub(crate) fn reference_type() -> Type {
    Type::list(Type::object([("id", Type::String)]))
}

/// Fills in what the service decides. Leaves `email` and `auth_type` alone, which the
/// configuration may have spelled.
pub(crate) fn fill(state: &mut Object, found: &Invitation) {
    let accepted_at = time::to_state(state.get("accepted_at"), found.accepted_at.as_deref());
    let expires_at = time::to_state(state.get("expires_at"), found.expires_at.as_deref());
    state.set("id", &found.id);
    state.set("status", &found.status);
    state.set("accepted_at", accepted_at);
    state.set("expires_at", expires_at);
    state.set("user", reference(found.user.as_ref()));
    state.set("creator", reference(found.creator.as_ref()));
}

/// The vendor's provider stores a list of one object, also for a reference without an id.
fn reference(found: Option<&ObjectReference>) -> Value {
    found.map_or_else(
        || Value::List(Vec::new()),
        |found| Value::from(vec![Object::new().with("id", &found.id)]),
    )
}

/// What to add to a refusal because of an invitation that exists already.
pub(crate) fn import_hint(error: &Error) -> Option<String> {
    let id = error.existing_id()?;
    Some(format!(
        "The invitation {id} for this address is still open. To manage it here, import it:\n\n    \
         terraform import confluent_invitation.NAME {id}"
    ))
}

/// Whether an accepted invitation may be forgotten.
pub(crate) fn allows_deletion(state: &Object) -> bool {
    matches!(state.bool("allow_deletion"), Ok(Attr::Known(true)))
}
