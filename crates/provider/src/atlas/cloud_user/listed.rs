//! People as elements of the attribute `users` of data sources: of a team, and of an organization.

use tfplugin::{Object, Type, Value};
use vestibule_wire::atlas::OrgUser;

use super::person::{Person, TEXTS, person_values};
use super::roles::role_type;

/// One element of `users`. As with the vendor's provider, absent texts and sets are empty, so that
/// expressions need not ask; absent times are null, where the vendor's has the year 1.
pub(crate) fn listed(user: &OrgUser) -> Object {
    let projects: Vec<Object> = user
        .roles
        .group_role_assignments
        .iter()
        .map(|project| {
            Object::new()
                .with("project_id", &project.group_id)
                .with("project_roles", Value::set(&project.group_roles))
        })
        .collect();
    let roles = Object::new()
        .with("org_roles", Value::set(&user.roles.org_roles))
        .with("project_role_assignments", Value::set(projects));
    let mut listed = person_values(&Person::from(user))
        .with("roles", vec![roles])
        .with("team_ids", user.team_ids.clone());
    for name in TEXTS {
        if listed.get(name).is_null() {
            listed.set(name, "");
        }
    }
    listed
}

/// The type of an element of `users`.
pub(crate) fn user_type() -> Type {
    let texts = [
        "country",
        "created_at",
        "first_name",
        "id",
        "invitation_created_at",
        "invitation_expires_at",
        "inviter_username",
        "last_auth",
        "last_name",
        "mobile_number",
        "org_membership_status",
        "username",
    ];
    let others = [
        ("roles", role_type()),
        ("team_ids", Type::list(Type::String)),
    ];
    Type::object(
        texts
            .map(|name| (name, Type::String))
            .into_iter()
            .chain(others),
    )
}
