//! Between this dialect's shapes and the product's.
//!
//! Owns the spelling of ids, instants and people. Must not look anything up.

use vestibule_core::invitation::{Edit, Invitation};
use vestibule_core::organization::Organization;
use vestibule_core::project::{Project, ProjectGrant, ProjectRole};
use vestibule_core::role::RoleSet;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id};
use vestibule_wire::atlas as wire;
use vestibule_wire::atlas::{
    CloudAppUserRole, CloudUser, GroupRoles, GroupRolesRequest, OrgInvitationRequest,
    OrgUserCreate, OrgUserUpdate,
};

use super::error::{Code, Failure};
use super::{project_roles, roles};
use crate::ops::directory::{Person, Standing};
use crate::ops::invitations::{InvitationEdit, NewInvitation};
use crate::ops::members::MemberEdit;
use crate::settings::Settings;

/// What an inviter asks for.
///
/// # Errors
/// 400 for a member that is missing or wrong, 404 for an id of a team that is none.
pub(super) fn new_invitation(body: &OrgInvitationRequest) -> Result<NewInvitation, Failure> {
    let email = username(body)?;
    let names = body.roles.as_ref();
    let names = names.ok_or_else(|| Failure::missing("roles"))?;
    Ok(NewInvitation {
        roles: roles::parse(names)?,
        teams: team_ids(body.team_ids.as_deref().unwrap_or_default())?,
        project_roles: grants(body.group_role_assignments.as_deref().unwrap_or_default())?,
        ..NewInvitation::of(email)
    })
}

/// What an inviter asks for who makes a user.
///
/// # Errors
/// As [`new_invitation`].
pub(super) fn new_org_user(body: &OrgUserCreate) -> Result<NewInvitation, Failure> {
    let username = body.username.as_deref();
    let email = address(username.ok_or_else(|| Failure::missing("username"))?)?;
    let roles = body.roles.as_ref();
    let roles = roles.ok_or_else(|| Failure::missing("roles"))?;
    let names = roles.org_roles.as_deref();
    let names = names.ok_or_else(|| Failure::missing("roles.orgRoles"))?;
    let assignments = roles.group_role_assignments.as_deref();
    Ok(NewInvitation {
        roles: roles::parse(names)?,
        teams: team_ids(body.team_ids.as_deref().unwrap_or_default())?,
        project_roles: group_grants(assignments.unwrap_or_default())?,
        ..NewInvitation::of(email)
    })
}

/// What to change of a person: an absent member stays as it is, an empty list of teams takes all
/// away, an empty list of organization roles is refused.
///
/// # Errors
/// As [`new_invitation`].
pub(super) fn person_edit(body: &OrgUserUpdate) -> Result<MemberEdit, Failure> {
    let roles = body.roles.as_ref();
    let assignments = roles.and_then(|roles| roles.group_role_assignments.as_deref());
    let names = roles.and_then(|roles| roles.org_roles.as_deref());
    Ok(MemberEdit {
        roles: names.map(roles::parse).transpose()?,
        teams: body.team_ids.as_deref().map(team_ids).transpose()?,
        project_roles: assignments.map(group_grants).transpose()?,
    })
}

/// The address as this server shows it.
pub(super) fn spelled(settings: &Settings, email: &EmailAddress) -> String {
    if settings.atlas_lowercase_usernames {
        email.display().to_lowercase()
    } else {
        email.display().to_owned()
    }
}

/// Whom a request is about.
///
/// # Errors
/// `MISSING_ATTRIBUTE`, `INVALID_EMAIL_ADDRESS`.
pub(super) fn username(body: &OrgInvitationRequest) -> Result<EmailAddress, Failure> {
    let username = body.username.as_deref();
    address(username.ok_or_else(|| Failure::missing("username"))?)
}

/// Reads an address.
///
/// # Errors
/// `INVALID_EMAIL_ADDRESS`.
pub(super) fn address(text: &str) -> Result<EmailAddress, Failure> {
    EmailAddress::parse(text).map_err(|refusal| Failure::refused(&refusal))
}

/// What to change of an invitation: an absent member stays as it is, an empty list of teams or of
/// projects takes all away, an empty list of roles is refused.
///
/// # Errors
/// As [`new_invitation`].
pub(super) fn edit(
    names: Option<&[String]>,
    teams: Option<&[String]>,
    projects: Option<&[GroupRolesRequest]>,
) -> Result<InvitationEdit, Failure> {
    Ok(InvitationEdit {
        edit: Edit {
            roles: names.map(roles::parse).transpose()?,
            teams: teams.map(team_ids).transpose()?,
            ..Edit::default()
        },
        project_roles: projects.map(grants).transpose()?,
        if_version: None,
    })
}

/// Reads roles in projects.
///
/// # Errors
/// 404 `INVALID_GROUP_ID`; what [`project_roles::parse`] says.
fn grants(assignments: &[GroupRolesRequest]) -> Result<Vec<ProjectGrant>, Failure> {
    let grant = |assignment: &GroupRolesRequest| {
        Ok(ProjectGrant {
            project: group_id(&assignment.group_id)?,
            roles: project_roles::parse("groupRoleAssignments.roles", &assignment.roles)?,
        })
    };
    assignments.iter().map(grant).collect()
}

/// Reads the id of a project.
///
/// # Errors
/// 404 `INVALID_GROUP_ID`.
pub(super) fn group_id(text: &str) -> Result<Id<Project>, Failure> {
    Id::from_hex(text).ok_or_else(|| {
        let detail = format!("An invalid group ID {text} was specified.");
        Failure::about(Code::InvalidGroupId, detail, text)
    })
}

/// As [`grants`], in the spelling of version 2025-02-19.
fn group_grants(assignments: &[GroupRoles]) -> Result<Vec<ProjectGrant>, Failure> {
    let field = "roles.groupRoleAssignments.groupRoles";
    let grant = |assignment: &GroupRoles| {
        Ok(ProjectGrant {
            project: group_id(&assignment.group_id)?,
            roles: project_roles::parse(field, &assignment.group_roles)?,
        })
    };
    assignments.iter().map(grant).collect()
}

/// Reads ids of teams; one that is there twice counts once.
fn team_ids(ids: &[String]) -> Result<Vec<Id<Team>>, Failure> {
    let mut teams = Vec::with_capacity(ids.len());
    for text in ids {
        let team = team_id(text)?;
        if !teams.contains(&team) {
            teams.push(team);
        }
    }
    Ok(teams)
}

/// Reads the id of a team.
///
/// # Errors
/// 404 `INVALID_TEAM_ID`.
pub(super) fn team_id(text: &str) -> Result<Id<Team>, Failure> {
    Id::from_hex(text).ok_or_else(|| {
        let detail = format!("An invalid team ID {text} was specified.");
        Failure::about(Code::InvalidTeamId, detail, text)
    })
}

/// An invitation, with the name of its organization.
pub(super) fn invitation(invitation: &Invitation, organization: &str) -> wire::OrgInvitation {
    wire::OrgInvitation {
        created_at: invitation.created_at.to_rfc3339_seconds(),
        expires_at: invitation.expires_at.to_rfc3339_seconds(),
        group_role_assignments: assignments(invitation),
        id: invitation.id.to_hex(),
        inviter_username: invitation.inviter.name.clone(),
        org_id: invitation.organization.to_hex(),
        org_name: organization.to_owned(),
        roles: roles::names(invitation.roles),
        team_ids: hex_ids(&invitation.teams),
        username: invitation.email.display().to_owned(),
    }
}

/// What an invitation promises in projects, as the legacy answers say it: one element per role.
fn assignments(invitation: &Invitation) -> Vec<wire::GroupRoleAssignment> {
    let grants = invitation.project_roles.iter().map(|promise| promise.grant);
    grants
        .flat_map(|grant| {
            let names = project_roles::names(grant.roles);
            names
                .into_iter()
                .map(move |group_role| wire::GroupRoleAssignment {
                    group_id: grant.project.to_hex(),
                    group_role,
                })
        })
        .collect()
}

fn hex_ids(teams: &[Id<Team>]) -> Vec<String> {
    teams.iter().map(|team| team.to_hex()).collect()
}

/// A person of an organization in the shape of version 2025-02-19. `username` is the address in the
/// spelling that this organization used.
pub(super) fn org_user(person: &Person, username: &str) -> wire::OrgUser {
    let mut shown = wire::OrgUser {
        user: cloud_user(person),
        team_ids: hex_ids(&person.teams),
        username: username.to_owned(),
        ..wire::OrgUser::default()
    };
    shown.roles.group_role_assignments = person.projects.iter().map(group_roles).collect();
    if let Some(membership) = &person.membership {
        shown.roles.org_roles = roles::names(membership.roles);
    }
    if let Some(invitation) = &person.invitation {
        shown.roles.org_roles = roles::names(invitation.roles);
    }
    shown
}

/// The same person as a user of a project, with these roles in it.
pub(super) fn group_user(
    person: &Person,
    username: &str,
    roles: RoleSet<ProjectRole>,
) -> wire::GroupUser {
    wire::GroupUser {
        user: cloud_user(person),
        roles: project_roles::names(roles),
        username: username.to_owned(),
    }
}

fn cloud_user(person: &Person) -> CloudUser {
    let mut shown = CloudUser {
        id: person.user.id.to_hex(),
        org_membership_status: status(person.standing).to_owned(),
        ..CloudUser::default()
    };
    if person.membership.is_some() {
        shown.created_at = Some(person.user.created_at.to_rfc3339_seconds());
        let (first, last) = names(&person.user);
        shown.first_name = Some(first);
        shown.last_name = Some(last);
        shown.mobile_number = Some(None);
    }
    if let Some(invitation) = &person.invitation {
        shown.invitation_created_at = Some(invitation.created_at.to_rfc3339_seconds());
        let ends = invitation.expires_at.to_rfc3339_seconds();
        let is_rejected = person.standing == Standing::InvitationRejected;
        shown.invitation_expires_at = Some((!is_rejected).then_some(ends));
        shown.inviter_username = Some(invitation.inviter.name.clone());
    }
    shown
}

fn group_roles(grant: &ProjectGrant) -> GroupRoles {
    GroupRoles {
        group_id: grant.project.to_hex(),
        group_roles: project_roles::names(grant.roles),
    }
}

/// How this dialect calls a standing.
pub(super) const fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => wire::STATUS_ACTIVE,
        Standing::Pending => wire::STATUS_PENDING,
        Standing::InvitationExpired => wire::STATUS_INVITATION_EXPIRED,
        Standing::InvitationRejected => wire::STATUS_INVITATION_REJECTED,
    }
}

/// Reads the name of a standing.
///
/// # Errors
/// 400 `INVALID_ENUM_VALUE`.
pub(super) fn standing(name: &str) -> Result<Standing, Failure> {
    let all = [
        Standing::Active,
        Standing::Pending,
        Standing::InvitationExpired,
        Standing::InvitationRejected,
    ];
    let known = all.into_iter().find(|standing| status(*standing) == name);
    known.ok_or_else(|| {
        let detail = format!("An invalid enumeration value {name} was specified.");
        Failure::about(Code::InvalidEnumValue, detail, name)
    })
}

/// A member in the shape of version 2023-01-01. What the vendor knows of a person and we do not
/// (country, last sign-in) is left out.
pub(super) fn cloud_app_user(
    user: &User,
    username: &str,
    roles: Vec<CloudAppUserRole>,
    teams: &[Id<Team>],
) -> wire::CloudAppUser {
    let (first, last) = names(user);
    wire::CloudAppUser {
        created_at: Some(user.created_at.to_rfc3339_seconds()),
        email_address: Some(username.to_owned()),
        first_name: Some(first),
        id: user.id.to_hex(),
        last_name: Some(last),
        roles,
        team_ids: hex_ids(teams),
        username: username.to_owned(),
        ..wire::CloudAppUser::default()
    }
}

/// Roles in an organization and in its projects, one element for each.
pub(super) fn role_elements(
    organization: Id<Organization>,
    roles: RoleSet,
    projects: &[ProjectGrant],
) -> Vec<CloudAppUserRole> {
    let in_organization = |role_name| CloudAppUserRole {
        group_id: None,
        org_id: Some(organization.to_hex()),
        role_name,
    };
    let in_projects = projects.iter().flat_map(|grant| {
        let element = |role_name| CloudAppUserRole {
            group_id: Some(grant.project.to_hex()),
            org_id: None,
            role_name,
        };
        project_roles::names(grant.roles).into_iter().map(element)
    });
    let names = roles::names(roles);
    names
        .into_iter()
        .map(in_organization)
        .chain(in_projects)
        .collect()
}

/// Given and family name: the last word of the full name is the latter.
fn names(user: &User) -> (String, String) {
    let full = user.full_name.trim();
    let (first, last) = full.rsplit_once(' ').unwrap_or((full, ""));
    (first.trim_end().to_owned(), last.to_owned())
}
