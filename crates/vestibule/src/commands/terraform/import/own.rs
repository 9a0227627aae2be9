//! Everything that an organization of a Vestibule server has.
//!
//! People are `vestibule_member`, invited or members: so the code stays right when they accept.
//! Invitations to projects are `vestibule_invitation`.

use std::collections::BTreeMap;

use anyhow::Context;
use vestibule_client::Error;
use vestibule_client::native::Native;
use vestibule_core::Timestamp;
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
    keys: Keys,
}

/// The keys that go under Terraform, and how many do not.
#[derive(Default)]
struct Keys {
    kept: Vec<ApiKey>,
    expired: usize,
    revoked: usize,
}

pub(super) async fn of_server(args: Args) -> anyhow::Result<Written> {
    let (client, organization) = args.target.client_and_organization().await?;
    Ok(Writer::new(&read(&client, &organization).await?).everything())
}

async fn read(client: &Native, id: &str) -> anyhow::Result<Found> {
    let (me, now) = client.me_at().await?;
    let own = me.organization.as_ref().map(|own| own.id.as_str());
    let keys = client.list_keys(id).await;
    let keys = keys.context("the keys cannot be listed")?;
    let now = now.map(|now| Timestamp::from_micros(now.as_microsecond()));
    let keys = Keys::of(keys, &me, now);
    let organization = client.organization(id).await;
    let teams = client.list_teams(id).await;
    let projects = client.list_projects(id).await;
    let members = client.list_members(id).await;
    let invitations = open_invitations(client, id).await;
    Ok(Found {
        organization: organization.context("the organization cannot be read")?,
        is_foreign: own != Some(id),
        teams: teams.context("the teams cannot be listed")?,
        projects: projects.context("the projects cannot be listed")?,
        members: members.context("the members cannot be listed")?,
        invitations: invitations.context("the invitations cannot be listed")?,
        keys,
    })
}

async fn open_invitations(client: &Native, organization: &str) -> Result<Vec<Invitation>, Error> {
    let mut open = Vec::new();
    for state in [InvitationState::Staged, InvitationState::Sent] {
        let query = InvitationQuery {
            state: Some(state),
            ..InvitationQuery::default()
        };
        open.extend(client.all_invitations(organization, &query).await?);
    }
    Ok(open)
}

impl Keys {
    /// Those that open something by the server's clock, if it is known what that shows, but for the
    /// one at work here, which Terraform may be given, too: destroying that would take the floor away
    /// from under it.
    fn of(all: Vec<ApiKey>, me: &Me, now: Option<Timestamp>) -> Self {
        let mine = me.key.as_ref().map(|key| &key.id);
        let mut keys = Self::default();
        for key in all {
            let end = key.expires_at.as_deref().and_then(Timestamp::parse);
            if key.revoked_at.is_some() {
                keys.revoked += 1;
            } else if end.zip(now).is_some_and(|(end, now)| end <= now) {
                keys.expired += 1;
            } else if mine != Some(&key.id) {
                keys.kept.push(key);
            }
        }
        keys
    }

    /// What is not kept, in words.
    fn left_out(&self) -> Vec<String> {
        let said = |count: usize, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 key that {one}")),
            _ => Some(format!("{count} keys that {many}")),
        };
        let expired = said(self.expired, "has expired", "have expired");
        let revoked = said(self.revoked, "was revoked", "were revoked");
        expired.into_iter().chain(revoked).collect()
    }
}

/// Writes what was found, and knows what each thing is called.
struct Writer<'a> {
    found: &'a Found,
    organization: String,
    teams: Called<'a>,
    projects: Called<'a>,
}

/// The resources of one type, by the ids of what they are.
struct Called<'a> {
    kind: &'static str,
    names: BTreeMap<&'a str, String>,
}

impl<'a> Called<'a> {
    /// Gives a name to each of these, which have an id and are called something.
    fn of(kind: &'static str, all: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut names = Names::default();
        let names = all.map(|(id, called)| (id, names.of(called, id))).collect();
        Self { kind, names }
    }

    /// The id of something, as the resource has it if it is one of these.
    fn reference(&self, id: &str) -> String {
        match self.names.get(id) {
            Some(name) => format!("{}.{name}.id", self.kind),
            None => quoted(id),
        }
    }
}

impl<'a> Writer<'a> {
    fn new(found: &'a Found) -> Self {
        let teams = found.teams.iter().map(|one| (&*one.id, &*one.name));
        let projects = found.projects.iter().map(|one| (&*one.id, &*one.name));
        let organization = &found.organization;
        Self {
            found,
            organization: Names::default().of(&organization.name, &organization.id),
            teams: Called::of("vestibule_team", teams),
            projects: Called::of("vestibule_project", projects),
        }
    }

    fn everything(&self) -> Written {
        let mut written = Written::default();
        written.push(&self.organization());
        for one in &self.found.teams {
            written.push(&self.named(&self.teams, &one.id, &one.name));
        }
        for one in &self.found.projects {
            written.push(&self.named(&self.projects, &one.id, &one.name));
        }
        self.people(&mut written);
        let mut names = Names::default();
        for key in &self.found.keys.kept {
            written.push(&self.key(&names.of(&key.name, &key.id), key));
        }
        written.left_out = self.found.keys.left_out();
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
                    resource.argument("project", self.projects.reference(project));
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
    fn named(&self, called: &Called<'_>, id: &str, text: &str) -> Resource {
        let name = called.names.get(id).map_or(text, String::as_str);
        let mut resource = self.below(called.kind, name, id);
        resource.argument("name", quoted(text));
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
            let teams = teams.iter().map(|id| self.teams.reference(id));
            resource.argument("teams", listed(teams));
        }
    }

    fn project_roles(&self, resource: &mut Resource, all: &[ProjectRoles]) {
        if all.is_empty() {
            return;
        }
        let all = all.iter().map(|one| {
            vec![
                ("project", self.projects.reference(&one.project)),
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
