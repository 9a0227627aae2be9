//! Roles in projects, as members have them and invitations promise them: the argument
//! `project_roles`, and the way between Terraform's values and the API's.

use tfplugin::{Attr, Attribute, Diagnostics, Nesting, Object, Type, Validator, Value};
use vestibule_wire::native::ProjectRoles;

/// The argument's name.
pub(super) const NAME: &str = "project_roles";

/// The argument. What is left out is not managed, because others give roles in projects, too.
pub(super) fn argument(text: &str) -> Attribute {
    let project = Attribute::string()
        .required()
        .validator(Validator::not_empty());
    let roles = Attribute::set(Type::String)
        .required()
        .validator(Validator::not_empty())
        .validator(Validator::each(Validator::not_empty()));
    nested(project, roles)
        .optional()
        .computed()
        .use_state_for_unknown()
        .validator(Validator::new(each_project_once))
        .markdown(text)
}

/// The same as something that is only shown.
pub(super) fn shown(text: &str) -> Attribute {
    let (project, roles) = (Attribute::string(), Attribute::set(Type::String));
    nested(project.computed(), roles.computed())
        .computed()
        .markdown(text)
}

fn nested(project: Attribute, roles: Attribute) -> Attribute {
    let roles = roles.markdown(
        "The roles in it: `owner`, `cluster_manager`, `stream_owner`, `data_admin`, \
             `data_writer`, `data_reader`, `database_access_admin`, `search_editor`, \
             `backup_manager`, `observability_viewer`, `read_only`.",
    );
    Attribute::nested(
        Nesting::Set,
        [
            ("project", project.markdown("The project, `prj_...`.")),
            ("roles", roles),
        ],
    )
}

/// The server would put the roles together, and the state would differ from the configuration.
fn each_project_once(value: &Value) -> Result<(), String> {
    let mut seen = Vec::new();
    for one in value.as_slice().unwrap_or_default() {
        let project = one.as_object().and_then(|one| one.get("project").as_str());
        let Some(project) = project else { continue };
        if seen.contains(&project) {
            return Err(format!(
                "The project {project} is there twice. Put its roles into one object."
            ));
        }
        seen.push(project);
    }
    Ok(())
}

/// What the API says, for the state.
pub(super) fn values(all: &[ProjectRoles]) -> Value {
    Value::set(all.iter().map(|one| {
        Object::new()
            .with("project", &one.project)
            .with("roles", super::values::set(&one.roles))
    }))
}

/// What is planned, if it is anything and other than before.
pub(super) fn changed(
    prior: &Object,
    planned: &Object,
) -> Result<Option<Vec<ProjectRoles>>, Diagnostics> {
    if prior.get(NAME) == planned.get(NAME) {
        return Ok(None);
    }
    wanted(planned)
}

/// What is configured; `None` if nothing is.
pub(super) fn wanted(object: &Object) -> Result<Option<Vec<ProjectRoles>>, Diagnostics> {
    let Attr::Known(all) = object.elements(NAME)? else {
        return Ok(None);
    };
    let mut wanted = Vec::with_capacity(all.len());
    for one in all.iter().filter_map(Value::as_object) {
        wanted.push(ProjectRoles {
            project: one.str("project")?.to_owned(),
            roles: super::values::texts(one, "roles")?,
        });
    }
    Ok(Some(wanted))
}
