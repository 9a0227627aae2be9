//! Between roles and the role bindings of this dialect.
//!
//! Owns the names of roles, and the spelling of a binding's id, which is the person's and the
//! role's: there is nothing else to find it by. Must not decide who may have which role.

use vestibule_core::organization::Organization;
use vestibule_core::role::{Role, RoleSet, Vocabulary};
use vestibule_core::user::User;
use vestibule_core::{Id, text};
use vestibule_wire::confluent as wire;

use super::error::Failure;
use crate::ops::role_bindings::RoleBinding;

/// Path of the role bindings, below the public address.
pub(super) const ROLE_BINDINGS: &str = "/iam/v2/role-bindings";

/// What stands before the symbols of a binding's id.
const PREFIX: &str = "rb-";

/// The roles that the vendor has a name for. The others exist in other APIs, and are no bindings
/// here; a plain member has none.
const NAMES: [(Role, &str); 3] = [
    (Role::Owner, "OrganizationAdmin"),
    (Role::UserAdmin, "AccountAdmin"),
    (Role::BillingAdmin, "BillingAdmin"),
];

/// The roles that have a name here.
pub(super) fn named() -> RoleSet {
    NAMES.into_iter().map(|(role, _)| role).collect()
}

/// The role with this name.
pub(super) fn role(name: &str) -> Option<Role> {
    let found = NAMES.into_iter().find(|(_, known)| *known == name);
    found.map(|(role, _)| role)
}

fn name(role: Role) -> Option<&'static str> {
    let found = NAMES.into_iter().find(|(known, _)| *known == role);
    found.map(|(_, name)| name)
}

/// Who is meant by `User:` and an id.
pub(super) enum Named {
    /// A person.
    User(Id<User>),
    /// A service account, whose roles come with its keys.
    ServiceAccount,
}

/// Reads a principal.
pub(super) fn principal(text: &str) -> Option<Named> {
    let id = text.strip_prefix("User:")?;
    if let Some(user) = Id::from_confluent(id) {
        return Some(Named::User(user));
    }
    let account = Id::<vestibule_core::user::ServiceAccount>::from_confluent(id);
    account.map(|_| Named::ServiceAccount)
}

/// The resource name of an organization, which is the one thing that roles are bound to here.
pub(super) fn crn_pattern(organization: Id<Organization>) -> String {
    format!(
        "crn://confluent.cloud/organization={}",
        organization.to_uuid()
    )
}

/// What a body asks for.
pub(super) fn new_binding(
    body: &wire::RoleBindingCreate,
    organization: Id<Organization>,
) -> Result<RoleBinding, Failure> {
    let wanted = crn_pattern(organization);
    if body.crn_pattern.as_deref() != Some(&wanted) {
        let detail = format!("roles are bound to the organization here: {wanted}");
        return Err(Failure::field("/crn_pattern", detail));
    }
    let named = body.principal.as_deref().and_then(principal);
    let user = match named {
        Some(Named::User(user)) => user,
        Some(Named::ServiceAccount) => {
            let detail = "a service account gets its roles with its key, and keeps them";
            return Err(Failure::field("/principal", detail));
        }
        None => {
            let detail = "the principal has to be User: and the id of a user";
            return Err(Failure::field("/principal", detail));
        }
    };
    let Some(role) = body.role_name.as_deref().and_then(role) else {
        let known = NAMES.map(|(_, name)| name).join(", ");
        let detail = format!("the roles that are known here are {known}");
        return Err(Failure::field("/role_name", detail));
    };
    Ok(RoleBinding { user, role })
}

/// The id of a binding: the person's, and which role it is.
pub(super) fn to_id(binding: RoleBinding) -> String {
    let index = Role::ALL.iter().position(|role| *role == binding.role);
    let index = index
        .and_then(|at| u8::try_from(at).ok())
        .unwrap_or(u8::MAX);
    let bytes = [binding.user.as_bytes().as_slice(), &[index]].concat();
    format!("{PREFIX}{}", text::to_base32(&bytes))
}

/// Reads what [`to_id`] wrote.
pub(super) fn from_id(id: &str) -> Option<RoleBinding> {
    let bytes = text::from_base32::<13>(id.strip_prefix(PREFIX)?)?;
    let (user, index) = bytes.split_first_chunk::<12>()?;
    let role = Role::ALL.get(usize::from(*index.first()?))?;
    let binding = RoleBinding {
        user: Id::from_bytes(*user),
        role: *role,
    };
    name(binding.role).map(|_| binding)
}

/// A binding as it looks. When it was made is not kept.
pub(super) fn shown(
    binding: RoleBinding,
    organization: Id<Organization>,
    public_url: &str,
) -> wire::RoleBinding {
    let id = to_id(binding);
    let crn_pattern = crn_pattern(organization);
    wire::RoleBinding {
        api_version: wire::API_VERSION.to_owned(),
        kind: wire::KIND_ROLE_BINDING.to_owned(),
        metadata: wire::Metadata {
            self_url: format!("{public_url}{ROLE_BINDINGS}/{id}"),
            resource_name: Some(format!("{crn_pattern}/role-binding={id}")),
            ..wire::Metadata::default()
        },
        id,
        principal: format!("User:{}", binding.user.to_confluent()),
        role_name: name(binding.role).unwrap_or_default().to_owned(),
        crn_pattern,
    }
}
