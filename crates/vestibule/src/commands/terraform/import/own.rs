//! Everything that an organization of a Vestibule server has.
//!
//! People are `vestibule_member`, invited or members: so the code stays right when they accept.
//! Invitations to projects are `vestibule_invitation`.

use std::collections::BTreeMap;

use anyhow::Context;
use vestibule_client::native::Native;
use vestibule_client::{Listed, PageMark};
use vestibule_wire::native::{
    ApiKey, Invitation, InvitationQuery, InvitationState, KeyKind, Me, Member, Organization,
    Project, ProjectRoles, Team,
};

use super::super::super::client::Target;
use super::super::snippet::{Names, Resource, list, listed, quoted};
use super::Written;

/// Flags of `import vestibule`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    target: Target,
}

/// What an organization has.
struct Found {
    organization: Organization,
    /// Whether the organization has to be named, because it is not the key's own.
    is_foreign: bool,
    teams: Vec<Team>,
    projects: Vec<Project>,
    members: Vec<Member>,
    /// Those that wait for an answer.
    invitations: Vec<Invitation>,
    keys: Vec<ApiKey>,
}

pub(super) async fn of_server(args: Args) -> anyhow::Result<Written> {
    let (client, organization) = args.target.client_and_organization().await?;
    Ok(Writer::new(&read(&client, &organization).await?).everything())
}

async fn read(client: &Native, id: &str) -> anyhow::Result<Found> {
    let me = client.me().await?;
    let own = me.organization.as_ref().map(|own| own.id.as_str());
    let organization = client.organization(id).await;
    let teams = client.list_teams(id).await;
    let projects = client.list_projects(id).await;
    let keys = client
        .list_keys(id)
        .await
        .context("the keys cannot be listed")?;
    Ok(Found {
        organization: organization.context("the organization cannot be read")?,
        is_foreign: own != Some(id),
        teams: teams.context("the teams cannot be listed")?,
        projects: projects.context("the projects cannot be listed")?,
        members: members(client, id).await?,
        invitations: open_invitations(client, id).await?,
        keys: keys.into_iter().filter(|key| is_kept(key, &me)).collect(),
    })
}

async fn members(client: &Native, organization: &str) -> anyhow::Result<Vec<Member>> {
    let mut all = Vec::new();
    let mut from: Option<PageMark> = None;
    loop {
        let page: Listed<Member> = client
            .member_page(organization, from.as_ref())
            .await
            .context("the members cannot be listed")?;
        all.extend(page.items);
        from = page.next;
        if from.is_none() {
            return Ok(all);
        }
    }
}

async fn open_invitations(client: &Native, organization: &str) -> anyhow::Result<Vec<Invitation>> {
    let mut open = Vec::new();
    for state in [InvitationState::Staged, InvitationState::Sent] {
        let query = InvitationQuery {
            state: Some(state),
            ..InvitationQuery::default()
        };
        let found = client.all_invitations(organization, &query).await;
        open.extend(found.context("the invitations cannot be listed")?);
    }
    Ok(open)
}

/// Whether a key goes under Terraform: one that opens something, and is not the one at work here,
/// which Terraform may be given, too. Destroying that would take the floor away from under it.
fn is_kept(key: &ApiKey, me: &Me) -> bool {
    key.revoked_at.is_none() && me.key.as_ref().is_none_or(|mine| mine.id != key.id)
}

/// Writes what was found, and knows what each thing is called.
struct Writer<'a> {
    found: &'a Found,
    organization: String,
    teams: BTreeMap<&'a str, String>,
    projects: BTreeMap<&'a str, String>,
}

impl<'a> Writer<'a> {
    fn new(found: &'a Found) -> Self {
        let (mut teams, mut projects) = (Names::default(), Names::default());
        let all = found.teams.iter();
        let teams = all.map(|one| (one.id.as_str(), teams.of(&one.name, &one.id)));
        let all = found.projects.iter();
        let projects = all.map(|one| (one.id.as_str(), projects.of(&one.name, &one.id)));
        let organization = &found.organization;
        Self {
            found,
            organization: Names::default().of(&organization.name, &organization.id),
            teams: teams.collect(),
            projects: projects.collect(),
        }
    }

    fn everything(&self) -> Written {
        let mut written = Written::default();
        written.push(&self.organization());
        for team in &self.found.teams {
            let name = self.teams.get(team.id.as_str()).cloned();
            written.push(&self.named(
                "vestibule_team",
                &name.unwrap_or_default(),
                &team.id,
                &team.name,
            ));
        }
        for project in &self.found.projects {
            let name = self.projects.get(project.id.as_str()).cloned();
            let (id, called) = (&project.id, &project.name);
            written.push(&self.named("vestibule_project", &name.unwrap_or_default(), id, called));
        }
        self.people(&mut written);
        let mut names = Names::default();
        for key in &self.found.keys {
            written.push(&self.key(&names.of(&key.name, &key.id), key));
        }
        written
    }

    fn people(&self, written: &mut Written) {
        let mut names = Names::default();
        for member in &self.found.members {
            let name = names.of(&member.email, &member.user);
            let mut resource = self.below("vestibule_member", &name, &member.email);
            resource.argument("email", quoted(&member.email));
            self.promise(&mut resource, &member.roles, &member.teams);
            self.project_roles(&mut resource, &member.project_roles);
            written.push(&resource);
        }
        let mut to_projects = Names::default();
        for one in &self.found.invitations {
            let mut resource = match &one.project {
                None => self.below(
                    "vestibule_member",
                    &names.of(&one.email, &one.user),
                    &one.email,
                ),
                Some(project) => {
                    let name = to_projects.of(&one.email, &one.id);
                    let mut resource = self.below("vestibule_invitation", &name, &one.id);
                    resource.argument("project", self.project(project));
                    resource
                }
            };
            resource.argument("email", quoted(&one.email));
            if one.project.is_none() {
                self.promise(&mut resource, &one.roles, &one.teams);
            }
            resource.argument("auth_type", quoted(one.auth_type.as_str()));
            if let Some(message) = &one.message {
                resource.argument("message", quoted(message));
            }
            self.project_roles(&mut resource, &one.project_roles);
            written.push(&resource);
        }
    }

    fn organization(&self) -> Resource {
        let found = &self.found.organization;
        let mut resource = Resource::new("vestibule_organization", &self.organization, &found.id);
        resource.argument("name", quoted(&found.name));
        if found.sso_enabled {
            resource.argument("sso_enabled", "true".to_owned());
        }
        let lifetimes = found.invitation_lifetimes;
        resource.object(
            "invitation_lifetimes",
            &[
                ("native", lifetimes.native.to_string()),
                ("confluent", lifetimes.confluent.to_string()),
                ("atlas", lifetimes.atlas.to_string()),
            ],
        );
        resource
    }

    /// What has a name and nothing else.
    fn named(&self, kind: &str, name: &str, id: &str, called: &str) -> Resource {
        let mut resource = self.below(kind, name, id);
        resource.argument("name", quoted(called));
        resource
    }

    /// Something in the organization.
    fn below(&self, kind: &str, name: &str, id: &str) -> Resource {
        let organization = &self.found.organization.id;
        let mut resource = Resource::new(kind, name, &format!("{organization}/{id}"));
        if self.found.is_foreign {
            let reference = format!("vestibule_organization.{}.id", self.organization);
            resource.argument("organization", reference);
        }
        resource
    }

    fn promise(&self, resource: &mut Resource, roles: &[String], teams: &[String]) {
        resource.argument("roles", list(roles));
        if !teams.is_empty() {
            let reference = |id: &String| match self.teams.get(id.as_str()) {
                Some(name) => format!("vestibule_team.{name}.id"),
                None => quoted(id),
            };
            resource.argument("teams", listed(teams.iter().map(reference)));
        }
    }

    fn project(&self, id: &str) -> String {
        match self.projects.get(id) {
            Some(name) => format!("vestibule_project.{name}.id"),
            None => quoted(id),
        }
    }

    fn project_roles(&self, resource: &mut Resource, all: &[ProjectRoles]) {
        if all.is_empty() {
            return;
        }
        let all = all.iter().map(|one| {
            vec![
                ("project", self.project(&one.project)),
                ("roles", list(&one.roles)),
            ]
        });
        resource.objects("project_roles", &all.collect::<Vec<_>>());
    }

    fn key(&self, name: &str, key: &ApiKey) -> Resource {
        let mut resource = self.below("vestibule_api_key", name, &key.id);
        resource.argument("name", quoted(&key.name));
        if key.kind != KeyKind::Native {
            resource.argument("kind", quoted(key.kind.as_str()));
        }
        resource
    }
}
