//! Roles in an organization and its projects, as the vendor nests them.
//!
//! The vendor's types disagree on whether the projects are a list or a set; each has its own.

use tfplugin::{Attribute, Nesting, Object, Type, Value};
use vestibule_wire::atlas::OrgUserRoles;

use super::super::values::set_or_null;

/// `project_role_assignments`, which only the service sets.
pub(super) fn project_roles_attribute(nesting: Nesting) -> Attribute {
    Attribute::nested(
        nesting,
        [
            (
                "project_id",
                Attribute::string()
                    .computed()
                    .description("The project: 24 hexadecimal digits."),
            ),
            (
                "project_roles",
                Attribute::set(Type::String)
                    .computed()
                    .description("The roles in the project."),
            ),
        ],
    )
    .computed()
    .description("The roles in projects of the organization.")
}

/// `roles` where only the service sets them.
pub(super) fn computed_roles_attribute(nesting: Nesting) -> Attribute {
    Attribute::nested(
        Nesting::Single,
        [
            (
                "org_roles",
                Attribute::set(Type::String)
                    .computed()
                    .description("The roles in the organization."),
            ),
            ("project_role_assignments", project_roles_attribute(nesting)),
        ],
    )
    .computed()
    .description("The roles in the organization and its projects.")
}

/// The type of `roles` inside of a list of users.
pub(crate) fn role_type() -> Type {
    let project = Type::object([
        ("project_id", Type::String),
        ("project_roles", Type::set(Type::String)),
    ]);
    Type::list(Type::object([
        ("org_roles", Type::set(Type::String)),
        ("project_role_assignments", Type::set(project)),
    ]))
}

/// `roles` as the service answers them. Empty collections are null, as with the vendor's provider.
pub(super) fn org_roles(roles: &OrgUserRoles) -> Object {
    let projects: Vec<Object> = roles
        .group_role_assignments
        .iter()
        .map(|project| {
            Object::new()
                .with("project_id", &project.group_id)
                .with("project_roles", set_or_null(&project.group_roles))
        })
        .collect();
    let projects = if projects.is_empty() {
        Value::Null
    } else {
        projects.into()
    };
    Object::new()
        .with("org_roles", set_or_null(&roles.org_roles))
        .with("project_role_assignments", projects)
}
