//! The data sources that list: `vestibule_organizations`, `vestibule_teams`,
//! `vestibule_projects`, `vestibule_invitations`, `vestibule_members`. Each reads all pages.

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Nesting, Object, Schema, Type, Validator, Value,
    async_trait,
};
use vestibule_wire::native::{InvitationQuery, InvitationState};

use super::service::{Service, organization_argument};
use super::{project_roles, values};
use crate::failure::stop;

/// What an attribute of a listed object holds.
#[derive(Clone, Copy)]
enum Holds {
    Text,
    Number,
    Texts,
    Flag,
    ProjectRoles,
}

/// The attributes of listed objects: name, what it holds, description.
type Columns = &'static [(&'static str, Holds, &'static str)];

const ORGANIZATION: Columns = &[
    ("id", Holds::Text, "The organization's id, `org_...`."),
    (
        "name",
        Holds::Text,
        "The name that people read in invitations.",
    ),
    (
        "sso_enabled",
        Holds::Flag,
        "Whether members sign in through an identity provider.",
    ),
    ("created_at", Holds::Text, "When it was created."),
];

const TEAM: Columns = &[
    ("id", Holds::Text, "The team's id, `team_...`."),
    ("name", Holds::Text, "The team's name."),
    ("created_at", Holds::Text, "When it was created."),
];

const PROJECT: Columns = &[
    ("id", Holds::Text, "The project's id, `prj_...`."),
    ("name", Holds::Text, "The project's name."),
    ("created_at", Holds::Text, "When it was created."),
];

const MEMBER: Columns = &[
    ("user", Holds::Text, "The person, `usr_...`."),
    ("email", Holds::Text, "The person's address."),
    ("roles", Holds::Texts, "The person's roles."),
    ("teams", Holds::Texts, "The teams the person is in, by id."),
    (
        project_roles::NAME,
        Holds::ProjectRoles,
        "The person's roles in projects.",
    ),
    ("joined_at", Holds::Text, "When the membership began."),
    (
        "source",
        Holds::Text,
        "How it came about, `invitation` or `direct`.",
    ),
];

const INVITATION: Columns = &[
    ("id", Holds::Text, "The invitation's id, `inv_...`."),
    ("email", Holds::Text, "The invited address."),
    (
        "status",
        Holds::Text,
        "`staged`, `sent`, `accepted`, `expired` or `deactivated`.",
    ),
    ("reason", Holds::Text, "Why it is deactivated."),
    (
        "auth_type",
        Holds::Text,
        "How the person signs in, `local` or `sso`.",
    ),
    ("roles", Holds::Texts, "The promised roles."),
    ("teams", Holds::Texts, "The promised teams, by id."),
    (
        "project",
        Holds::Text,
        "The project it is to, `prj_...`; null for one to the organization itself.",
    ),
    (
        project_roles::NAME,
        Holds::ProjectRoles,
        "The promised roles in projects.",
    ),
    ("user", Holds::Text, "The invited person, `usr_...`."),
    (
        "resend_count",
        Holds::Number,
        "How often it was sent again.",
    ),
    ("sent_at", Holds::Text, "When it was sent last."),
    (
        "expires_at",
        Holds::Text,
        "From when on it cannot be accepted.",
    ),
    ("accepted_at", Holds::Text, "When it was accepted."),
    ("created_at", Holds::Text, "When it was created."),
];

/// A list of objects with these attributes.
fn listing(columns: Columns, text: &str) -> Attribute {
    let attributes = columns.iter().map(|(name, holds, text)| {
        let attribute = match holds {
            Holds::Text => Attribute::string(),
            Holds::Number => Attribute::number(),
            Holds::Texts => Attribute::set(Type::String),
            Holds::Flag => Attribute::bool(),
            Holds::ProjectRoles => return (*name, project_roles::shown(text)),
        };
        (*name, attribute.computed().markdown(*text))
    });
    Attribute::nested(Nesting::List, attributes)
        .computed()
        .description(text)
}

/// Of everything that is known of an object, what a list shows.
fn row(columns: Columns, known: &Object) -> Object {
    let shown = columns.iter().map(|(name, ..)| *name);
    shown.fold(Object::new(), |row, name| {
        row.with(name, known.get(name).clone())
    })
}

fn rows<T>(columns: Columns, found: &[T], values: impl Fn(&T) -> Object) -> Vec<Value> {
    let all = found.iter().map(|one| row(columns, &values(one)));
    all.map(Value::from).collect()
}

fn filter(text: &str) -> Attribute {
    Attribute::string()
        .optional()
        .validator(Validator::not_empty())
        .markdown(text)
}

/// `vestibule_organizations`.
pub(crate) struct Organizations(pub(super) Service);

#[async_trait]
impl DataSource for Organizations {
    fn type_name(&self) -> &str {
        "vestibule_organizations"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .description("All organizations that the provider's token opens.")
            .attribute("organizations", listing(ORGANIZATION, "The organizations."))
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.0.client(cx)?;
        let found = client.list_organizations().await;
        let found = found.map_err(stop("Cannot list the organizations"))?;
        let rows = rows(ORGANIZATION, &found, values::organization);
        Ok(config.with("organizations", rows))
    }
}

/// `vestibule_teams`.
pub(crate) struct Teams(pub(super) Service);

#[async_trait]
impl DataSource for Teams {
    fn type_name(&self) -> &str {
        "vestibule_teams"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .description("All teams of an organization.")
            .attribute("organization", organization_argument().computed())
            .attribute(
                "teams",
                listing(TEAM, "The teams, in the order they were made."),
            )
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let (client, organization) = self.0.client_and_organization(cx, &config).await?;
        let found = client.list_teams(&organization).await;
        let found = found.map_err(stop("Cannot list the teams"))?;
        let rows = rows(TEAM, &found, values::team);
        Ok(config
            .with("organization", organization)
            .with("teams", rows))
    }
}

/// `vestibule_projects`.
pub(crate) struct Projects(pub(super) Service);

#[async_trait]
impl DataSource for Projects {
    fn type_name(&self) -> &str {
        "vestibule_projects"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .description("All projects of an organization.")
            .attribute("organization", organization_argument().computed())
            .attribute(
                "projects",
                listing(PROJECT, "The projects, in the order they were made."),
            )
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let (client, organization) = self.0.client_and_organization(cx, &config).await?;
        let found = client.list_projects(&organization).await;
        let found = found.map_err(stop("Cannot list the projects"))?;
        let rows = rows(PROJECT, &found, values::project);
        Ok(config
            .with("organization", organization)
            .with("projects", rows))
    }
}

/// `vestibule_members`.
pub(crate) struct Members(pub(super) Service);

#[async_trait]
impl DataSource for Members {
    fn type_name(&self) -> &str {
        "vestibule_members"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .description("The members of an organization.")
            .attribute("organization", organization_argument().computed())
            .attribute(
                "members",
                listing(MEMBER, "The members, in the order they joined."),
            )
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let (client, organization) = self.0.client_and_organization(cx, &config).await?;
        let found = client.list_members(&organization).await;
        let found = found.map_err(stop("Cannot list the members"))?;
        let rows = rows(MEMBER, &found, values::member);
        Ok(config
            .with("organization", organization)
            .with("members", rows))
    }
}

/// `vestibule_invitations`.
pub(crate) struct Invitations(pub(super) Service);

const STATES: [InvitationState; 5] = [
    InvitationState::Staged,
    InvitationState::Sent,
    InvitationState::Accepted,
    InvitationState::Expired,
    InvitationState::Deactivated,
];

#[async_trait]
impl DataSource for Invitations {
    fn type_name(&self) -> &str {
        "vestibule_invitations"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .description("The invitations of an organization. Filters narrow together.")
            .attribute("organization", organization_argument().computed())
            .attribute(
                "status",
                filter(
                    "Only those that stand so: `staged`, `sent`, `accepted`, `expired` or \
                     `deactivated`.",
                )
                .validator(Validator::one_of(STATES.map(InvitationState::as_str))),
            )
            .attribute("email", filter("Only those to this address."))
            .attribute("role", filter("Only those that promise this role."))
            .attribute("team", filter("Only those that promise this team, by id."))
            .attribute("project", filter("Only those to this project, by id."))
            .attribute("invitations", listing(INVITATION, "The invitations."))
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let (client, organization) = self.0.client_and_organization(cx, &config).await?;
        let text = |name: &str| config.get(name).as_str().map(str::to_owned);
        let status = text("status");
        let query = InvitationQuery {
            state: STATES
                .into_iter()
                .find(|state| status.as_deref() == Some(state.as_str())),
            email: text("email"),
            role: text("role"),
            team: text("team"),
            project: text("project"),
            ..InvitationQuery::default()
        };
        let found = client.all_invitations(&organization, &query).await;
        let found = found.map_err(stop("Cannot list the invitations"))?;
        let rows = rows(INVITATION, &found, values::invitation);
        Ok(config
            .with("organization", organization)
            .with("invitations", rows))
    }
}
