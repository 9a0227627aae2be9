//! People: `/users/byName/{userName}` and `/orgs/{orgId}/users`.
//!
//! Owns three operations in two versions. Must not show a person to an organization that has no tie
//! to them.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::organization::Organization;
use vestibule_core::role::Permission;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::Tx;
use vestibule_wire::atlas::{CloudAppUser, OrgUser, VERSION_2023_01_01};

use super::convert;
use super::error::{Code, Failure};
use super::extract::Call;
use super::page::Paging;
use super::version::{BOTH, CLOUD_USERS, LEGACY};
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;
use crate::http::params::QueryParams;
use crate::ops::authority;
use crate::ops::directory::{self, Person, Standing};

/// `GET /users/byName/{userName}`: a member of an organization that the caller belongs to.
///
/// The vendor's provider takes any role in an organization for membership, and everything but 200
/// for no membership: whoever is only invited is not found.
pub(super) async fn by_name(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let text = call.path.get("user_name");
    let unknown = |_refusal| {
        let detail = format!("No user with username {text} exists.");
        Failure::about(Code::UsernameNotFound, detail, text)
    };
    let email = EmailAddress::parse(text).map_err(unknown)?;
    let ctx = call.in_own_organization();
    let found = call
        .read(ctx, move |tx, ctx| member_anywhere(tx, ctx, &email))
        .await?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// The member with this address, with the roles they have in organizations the actor belongs to.
fn member_anywhere(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
) -> Result<CloudAppUser, AppError> {
    let mut shown: Option<CloudAppUser> = None;
    for organization in organizations_of(tx, ctx)? {
        let ctx = &Ctx {
            organization,
            ..ctx.clone()
        };
        let found = directory::find_person_by_email(tx, ctx, email)?;
        let Some(person) = found else { continue };
        let Some(membership) = &person.membership else {
            continue;
        };
        let roles = convert::role_elements(membership);
        if let Some(shown) = &mut shown {
            shown.roles.extend(roles);
            shown
                .team_ids
                .extend(person.teams.iter().map(|id| id.to_hex()));
        } else {
            let username = username(tx, &person)?;
            let user = &person.user;
            shown = Some(convert::cloud_app_user(
                user,
                &username,
                roles,
                &person.teams,
            ));
        }
    }
    shown.ok_or_else(|| Refusal::not_found::<User>(email.display()).into())
}

/// The organizations that the actor's key opens.
fn organizations_of(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Id<Organization>>, AppError> {
    match &ctx.actor {
        Actor::Key(key) => match (key.kind, key.principal) {
            (KeyKind::Native, Principal::User(user)) => {
                let memberships = tx.list_memberships_of(user)?;
                Ok(memberships.iter().map(|m| m.organization).collect())
            }
            _ => Ok(vec![key.organization]),
        },
        Actor::Invitee | Actor::System => Ok(vec![ctx.organization]),
    }
}

/// The query parameters that say whom to list.
const FILTERS: [&str; 3] = ["username", "orgMembershipStatus", "orgMembershipStatuses"];

/// `GET /orgs/{orgId}/users`: a page of people. The old version shows members only, and in its own
/// shape.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(BOTH)?;
    let ctx = call.in_organization()?;
    let paging = Paging::of(&call.query)?;
    let is_old = version.date == VERSION_2023_01_01;
    let wanted = if is_old {
        Wanted {
            standings: vec![Standing::Active],
            ..Wanted::of(&QueryParams::default())?
        }
    } else {
        Wanted::of(&call.query)?
    };
    let url = call.url(&format!("/orgs/{}/users", ctx.organization.to_hex()));
    let (total, people) = call
        .read(ctx, move |tx, ctx| {
            let (total, people) = paging.cut(wanted.find(tx, ctx)?);
            let named = people.into_iter().map(|person| {
                let username = username(tx, &person)?;
                Ok((person, username))
            });
            let named: Result<Vec<(Person, String)>, AppError> = named.collect();
            Ok((total, named?))
        })
        .await?;
    if is_old {
        let shown: Vec<CloudAppUser> = people.iter().map(member).collect();
        let page = paging.page(total, shown, &url, &call.query, &[]);
        return Ok(call.answer(StatusCode::OK, version, &page));
    }
    let shown: Vec<OrgUser> = people
        .iter()
        .map(|(person, username)| convert::org_user(person, username))
        .collect();
    let page = paging.page(total, shown, &url, &call.query, &FILTERS);
    Ok(call.answer(StatusCode::OK, version, &page))
}

fn member((person, username): &(Person, String)) -> CloudAppUser {
    let membership = person.membership.as_ref();
    let roles = membership.map(convert::role_elements).unwrap_or_default();
    convert::cloud_app_user(&person.user, username, roles, &person.teams)
}

/// `GET /orgs/{orgId}/users/{userId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(CLOUD_USERS)?;
    let ctx = call.in_organization()?;
    let text = call.path.get("user_id");
    let Some(id) = Id::from_hex(text) else {
        let detail = format!("An invalid user ID {text} was specified.");
        return Err(Failure::about(Code::InvalidUserId, detail, text));
    };
    let wanted = Wanted::of(&call.query)?;
    let found = call
        .read(ctx, move |tx, ctx| {
            let person = directory::load_person(tx, ctx, id)?;
            if !wanted.standings.contains(&person.standing) {
                return Err(Refusal::not_found::<User>(id.to_native()).into());
            }
            let username = username(tx, &person)?;
            Ok(convert::org_user(&person, &username))
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// Whom a query asks for.
struct Wanted {
    /// Only the one with this address; nobody has one that is none.
    email: Option<Result<EmailAddress, Refusal>>,
    /// Only people who stand like this.
    standings: Vec<Standing>,
}

impl Wanted {
    /// Who does not say how people are to stand gets members and those with an open invitation:
    /// invitations that came to nothing are shown only when asked for.
    fn of(query: &QueryParams) -> Result<Self, Failure> {
        let names = query
            .all("orgMembershipStatuses")
            .chain(query.all("orgMembershipStatus"))
            .flat_map(|names| names.split(','))
            .filter(|name| !name.is_empty());
        let mut standings = names
            .map(convert::standing)
            .collect::<Result<Vec<_>, _>>()?;
        if standings.is_empty() {
            standings = vec![Standing::Active, Standing::Pending];
        }
        let username = query.get("username").filter(|name| !name.is_empty());
        Ok(Self {
            email: username.map(EmailAddress::parse),
            standings,
        })
    }

    fn find(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Person>, AppError> {
        let mut people = match &self.email {
            None => directory::list_people(tx, ctx)?,
            Some(Ok(email)) => directory::find_person_by_email(tx, ctx, email)?
                .into_iter()
                .collect(),
            Some(Err(_)) => {
                authority::require(tx, ctx, Permission::View)?;
                Vec::new()
            }
        };
        people.retain(|person| self.standings.contains(&person.standing));
        Ok(people)
    }
}

/// The address of a person as this organization spelled it when it invited them. Terraform takes
/// another spelling for another person.
fn username(tx: &mut Tx<'_>, person: &Person) -> Result<String, AppError> {
    if let Some(invitation) = &person.invitation {
        return Ok(invitation.email.display().to_owned());
    }
    let invited = match &person.membership {
        Some(membership) => match membership.invitation {
            Some(id) => tx.find_invitation(membership.organization, id)?,
            None => None,
        },
        None => None,
    };
    let email = invited.map_or_else(|| person.user.email.clone(), |invitation| invitation.email);
    Ok(email.display().to_owned())
}
