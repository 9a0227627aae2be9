//! Between this dialect's shapes and the product's: inwards.
//!
//! Owns what a body or a query must look like to be understood; names every wrong member at once.
//! Must not apply rules: those have words of their own.

use vestibule_core::id::Kind;
use vestibule_core::invitation::{Edit, State};
use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::organization::Lifetimes;
use vestibule_core::project::{Project, ProjectGrant, ProjectRole};
use vestibule_core::role::{Role, RoleSet, Vocabulary};
use vestibule_core::team::Team;
use vestibule_core::user::AuthType;
use vestibule_core::{EmailAddress, Id, Lifetime, Refusal, Timestamp};
use vestibule_store::{InvitationFilter, Scope};
use vestibule_wire::native as wire;

use super::error::Failure;
use crate::http::params::QueryParams;
use crate::ops::invitations::{InvitationEdit, NewInvitation};
use crate::ops::keys::NewKey;
use crate::ops::members::MemberEdit;
use crate::ops::organizations::{NewOrganization, OrganizationEdit};

/// How many teams or members one body may name.
const MAX_NAMED: usize = 100;

/// The longest life of a key that can be asked for: ten years, in seconds.
const MAX_KEY_SECONDS: i64 = 10 * 365 * 86_400;

/// Collects what is wrong with a body.
#[derive(Default)]
struct Members(Vec<wire::ProblemError>);

impl Members {
    fn wrong(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(wire::ProblemError {
            pointer: pointer.into(),
            detail: detail.into(),
        });
    }

    fn finish<T>(self, value: T) -> Result<T, Failure> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Failure::members(self.0))
        }
    }

    fn email(&mut self, pointer: &str, text: &str) -> Option<EmailAddress> {
        EmailAddress::parse(text)
            .map_err(|refusal| self.wrong(pointer, refusal.to_string()))
            .ok()
    }

    fn roles(&mut self, names: &[String]) -> RoleSet {
        self.named("/roles", names, unknown_role)
    }

    fn named<R: Vocabulary>(
        &mut self,
        pointer: &str,
        names: &[String],
        unknown: fn() -> String,
    ) -> RoleSet<R> {
        let mut roles = Vec::with_capacity(names.len());
        for (n, name) in names.iter().enumerate() {
            match R::from_name(name) {
                Some(role) => roles.push(role),
                None => self.wrong(format!("{pointer}/{n}"), unknown()),
            }
        }
        RoleSet::of(&roles)
    }

    fn teams(&mut self, ids: &[String]) -> Vec<Id<Team>> {
        let mut teams = Vec::new();
        if ids.len() > MAX_NAMED {
            self.wrong("/teams", format!("it names more than {MAX_NAMED} teams"));
            return teams;
        }
        for (n, text) in ids.iter().enumerate() {
            match Id::from_native(text) {
                Some(id) if teams.contains(&id) => {}
                Some(id) => teams.push(id),
                None => self.wrong(format!("/teams/{n}"), not_an_id::<Team>()),
            }
        }
        teams
    }

    fn project(&mut self, pointer: &str, text: &str) -> Option<Id<Project>> {
        let id = Id::from_native(text);
        if id.is_none() {
            self.wrong(pointer, not_an_id::<Project>());
        }
        id
    }

    fn project_roles(&mut self, all: &[wire::ProjectRoles]) -> Vec<ProjectGrant> {
        let mut grants = Vec::new();
        if all.len() > MAX_NAMED {
            let detail = format!("it names more than {MAX_NAMED} projects");
            self.wrong("/project_roles", detail);
            return grants;
        }
        for (n, one) in all.iter().enumerate() {
            let pointer = format!("/project_roles/{n}");
            let project = self.project(&format!("{pointer}/project"), &one.project);
            let roles = self.roles_in_project(&format!("{pointer}/roles"), &one.roles);
            grants.extend(project.map(|project| ProjectGrant { project, roles }));
        }
        grants
    }

    fn roles_in_project(&mut self, pointer: &str, names: &[String]) -> RoleSet<ProjectRole> {
        if names.is_empty() {
            self.wrong(pointer, Refusal::NoRoles.to_string());
        }
        self.named(pointer, names, unknown_project_role)
    }

    fn lifetime(&mut self, pointer: &str, seconds: Option<i64>) -> Option<Lifetime> {
        let lifetime = Lifetime::from_seconds(seconds?);
        if lifetime.is_none() {
            self.wrong(pointer, Refusal::InvalidLifetime.to_string());
        }
        lifetime
    }

    fn lifetimes(&mut self, patch: Option<wire::InvitationLifetimesPatch>) -> LifetimesEdit {
        let patch = patch.unwrap_or_default();
        LifetimesEdit {
            native: self.lifetime("/invitation_lifetimes/native", patch.native),
            confluent: self.lifetime("/invitation_lifetimes/confluent", patch.confluent),
            atlas: self.lifetime("/invitation_lifetimes/atlas", patch.atlas),
        }
    }
}

/// Lifetimes to change; those that are not named stay as they are.
#[derive(Clone, Copy)]
pub(super) struct LifetimesEdit {
    native: Option<Lifetime>,
    confluent: Option<Lifetime>,
    atlas: Option<Lifetime>,
}

impl LifetimesEdit {
    /// What becomes of these lifetimes.
    pub(super) fn over(self, before: Lifetimes) -> Lifetimes {
        Lifetimes {
            native: self.native.unwrap_or(before.native),
            confluent: self.confluent.unwrap_or(before.confluent),
            atlas: self.atlas.unwrap_or(before.atlas),
        }
    }
}

fn unknown_role() -> String {
    let known = known_names::<Role>();
    format!("there is no such role; there are {known}")
}

fn unknown_project_role() -> String {
    let known = known_names::<ProjectRole>();
    format!("there is no such role in projects; there are {known}")
}

fn known_names<R: Vocabulary>() -> String {
    let known: Vec<&str> = R::ALL.iter().map(|role| role.name()).collect();
    known.join(", ")
}

fn not_an_id<K: Kind>() -> String {
    format!("it is not an id of the form {}_…", K::NATIVE)
}

const fn auth_type(from: wire::AuthType) -> AuthType {
    match from {
        wire::AuthType::Local => AuthType::Local,
        wire::AuthType::Sso => AuthType::Sso,
    }
}

pub(super) fn new_organization(from: wire::OrganizationCreate) -> Result<NewOrganization, Failure> {
    let mut members = Members::default();
    let lifetimes = members.lifetimes(from.invitation_lifetimes);
    members.finish(NewOrganization {
        name: from.name,
        sso_enabled: from.sso_enabled.unwrap_or(false),
        lifetimes: lifetimes.over(Lifetimes::default()),
    })
}

/// The change that a patch asks for, and apart from it the lifetimes: which ones it leaves as they
/// are is known when the organization is read.
pub(super) fn organization_edit(
    from: wire::OrganizationPatch,
    if_version: Option<i64>,
) -> Result<(OrganizationEdit, LifetimesEdit), Failure> {
    let mut members = Members::default();
    let lifetimes = members.lifetimes(from.invitation_lifetimes);
    let edit = OrganizationEdit {
        name: from.name,
        sso_enabled: from.sso_enabled,
        lifetimes: None,
        if_version,
    };
    members.finish((edit, lifetimes))
}

pub(super) fn new_key(from: wire::ApiKeyCreate, now: Timestamp) -> Result<NewKey, Failure> {
    let mut members = Members::default();
    let service_account_roles = from.roles.map(|names| members.roles(&names));
    if from
        .expires_in
        .is_some_and(|life| !(1..=MAX_KEY_SECONDS).contains(&life))
    {
        members.wrong("/expires_in", "a key lives from one second to ten years");
    }
    members.finish(NewKey {
        kind: match from.kind {
            wire::KeyKind::Native => KeyKind::Native,
            wire::KeyKind::Confluent => KeyKind::Confluent,
            wire::KeyKind::Atlas => KeyKind::Atlas,
            wire::KeyKind::AtlasServiceAccount => KeyKind::AtlasServiceAccount,
        },
        name: from.name,
        service_account_roles,
        expires_at: from.expires_in.map(|life| now.plus_seconds(life)),
    })
}

pub(super) fn team_members(from: &[String]) -> Result<Vec<EmailAddress>, Failure> {
    let mut members = Members::default();
    if from.len() > MAX_NAMED {
        members.wrong(
            "/members",
            format!("it names more than {MAX_NAMED} members"),
        );
        return members.finish(Vec::new());
    }
    let mut emails = Vec::new();
    for (n, text) in from.iter().enumerate() {
        emails.extend(members.email(&format!("/members/{n}"), text));
    }
    members.finish(emails)
}

pub(super) fn new_invitation(from: wire::InvitationCreate) -> Result<NewInvitation, Failure> {
    let mut members = Members::default();
    let email = members.email("/email", &from.email);
    let roles = if from.roles.is_empty() {
        RoleSet::of(&[Role::Member])
    } else {
        members.roles(&from.roles)
    };
    let teams = members.teams(&from.teams);
    let project = from.project.as_deref();
    let project = project.and_then(|text| members.project("/project", text));
    let project_roles = members.project_roles(&from.project_roles);
    let lifetime = members.lifetime("/expires_in", from.expires_in);
    let Some(email) = email else {
        return Err(Failure::members(members.0));
    };
    members.finish(NewInvitation {
        email,
        roles,
        teams,
        project,
        project_roles,
        auth_type: from.auth_type.map(auth_type),
        message: from.message.unwrap_or_default(),
        lifetime,
    })
}

pub(super) fn member_edit(from: wire::MemberPatch) -> Result<MemberEdit, Failure> {
    let mut members = Members::default();
    let edit = MemberEdit {
        roles: from.roles.map(|names| members.roles(&names)),
        teams: from.teams.map(|ids| members.teams(&ids)),
        project_roles: from.project_roles.map(|all| members.project_roles(&all)),
    };
    members.finish(edit)
}

pub(super) fn invitation_edit(
    from: wire::InvitationPatch,
    if_version: Option<i64>,
) -> Result<InvitationEdit, Failure> {
    let mut members = Members::default();
    let edit = Edit {
        roles: from.roles.map(|names| members.roles(&names)),
        teams: from.teams.map(|ids| members.teams(&ids)),
        message: from.message.map(Option::unwrap_or_default),
        lifetime: members.lifetime("/expires_in", from.expires_in),
        ..Edit::default()
    };
    let project_roles = from.project_roles.map(|all| members.project_roles(&all));
    members.finish(InvitationEdit {
        edit,
        project_roles,
        if_version,
    })
}

/// The parameters of the list of invitations besides those of its pages.
pub(super) const INVITATION_FILTERS: [&str; 7] = [
    "state", "email", "inviter", "role", "team", "project", "include",
];

/// Whether a list is to show how the mail of its invitations fares.
pub(super) fn includes_delivery(query: &QueryParams) -> Result<bool, Failure> {
    match query.get("include") {
        None => Ok(false),
        Some(text) if text == wire::Include::Delivery.as_str() => Ok(true),
        Some(_) => Err(Failure::parameter("include", "the only one is `delivery`")),
    }
}

pub(super) fn invitation_filter(query: &QueryParams) -> Result<InvitationFilter, Failure> {
    let state = |text: &str| {
        let known: Vec<&str> = State::ALL.into_iter().map(State::name).collect();
        let detail = || format!("there is no such state; there are {}", known.join(", "));
        State::from_name(text).ok_or_else(|| Failure::parameter("state", detail()))
    };
    let inviter = |text: &str| {
        let user = Id::from_native(text).map(Principal::User);
        let account = || Id::from_native(text).map(Principal::ServiceAccount);
        let detail = "it is not an id of the form usr_… or sva_…";
        user.or_else(account)
            .ok_or_else(|| Failure::parameter("inviter", detail))
    };
    let role = |text: &str| {
        Role::from_name(text).ok_or_else(|| Failure::parameter("role", unknown_role()))
    };
    let team = |text: &str| {
        Id::from_native(text).ok_or_else(|| Failure::parameter("team", not_an_id::<Team>()))
    };
    let project = |text: &str| {
        let id = Id::from_native(text).map(Scope::Project);
        id.ok_or_else(|| Failure::parameter("project", not_an_id::<Project>()))
    };
    Ok(InvitationFilter {
        state: query.get("state").map(state).transpose()?,
        inviter: query.get("inviter").map(inviter).transpose()?,
        role: query.get("role").map(role).transpose()?,
        team: query.get("team").map(team).transpose()?,
        hide_revoked: false,
        scope: query.get("project").map(project).transpose()?,
        ..InvitationFilter::default()
    })
}

/// The parameter `email`, if it is there.
pub(super) fn email_filter(query: &QueryParams) -> Result<Option<EmailAddress>, Failure> {
    let email = query.get("email").map(EmailAddress::parse).transpose();
    email.map_err(|refusal| Failure::parameter("email", refusal.to_string()))
}
