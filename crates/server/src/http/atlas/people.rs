//! Lists of people in both versions: an organization's, a team's and a project's.
//!
//! Owns the filters and the choice of the shape by version.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::project::Project;
use vestibule_core::role::Permission;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::Tx;
use vestibule_wire::atlas::{CloudAppUser, GroupUser, OrgUser, VERSION_2023_01_01};

use super::convert;
use super::error::{Code, Failure};
use super::extract::Call;
use super::page::Paging;
use super::version::Version;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::http::params::QueryParams;
use crate::ops::directory::{self, Person, Standing};
use crate::ops::people::{self, Listing};
use crate::ops::{Counted, authority, projects, teams};
use crate::settings::Settings;

/// The query parameters that say whom to list.
const FILTERS: [&str; 4] = [
    "username",
    "userId",
    "orgMembershipStatus",
    "orgMembershipStatuses",
];

/// Whose people a list is of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    /// The organization's.
    Organization,
    /// A team's.
    Team(Id<Team>),
    /// A project's, whose path does not name the organization.
    Project(Id<Project>),
}

impl Whose {
    const fn team(self) -> Option<Id<Team>> {
        match self {
            Self::Team(team) => Some(team),
            Self::Organization | Self::Project(_) => None,
        }
    }

    const fn project(self) -> Option<Id<Project>> {
        match self {
            Self::Project(project) => Some(project),
            Self::Organization | Self::Team(_) => None,
        }
    }
}

/// A page of people; `path` is where the list is. The old version shows members only, in its own
/// shape, and knows no filters.
///
/// # Errors
/// What the query or the use case says.
pub(super) async fn list(
    call: &Call,
    version: Version,
    ctx: Ctx,
    whose: Whose,
    path: &str,
) -> Result<Response, Failure> {
    let paging = Paging::of(&call.query)?;
    let is_old = version.date == VERSION_2023_01_01;
    let wanted = if is_old {
        Wanted::members()
    } else {
        Wanted::of(&call.query)?
    };
    let url = call.url(path);
    let found = call
        .read(ctx, move |tx, ctx| match whose {
            Whose::Project(project) => {
                let ctx = projects::entered(tx, ctx, project)?;
                wanted.find(tx, &ctx, whose, paging)
            }
            Whose::Organization | Whose::Team(_) => wanted.find(tx, ctx, whose, paging),
        })
        .await?;
    let settings = call.app.settings();
    if is_old {
        let shown = found.map(|person| member(settings, &person));
        let page = paging.page(shown, &url, &call.query, &[]);
        return Ok(call.answer(StatusCode::OK, version, &page));
    }
    if let Whose::Project(project) = whose {
        let shown = found.map(|person| group_user(settings, &person, project));
        let page = paging.page(shown, &url, &call.query, &FILTERS);
        return Ok(call.answer(StatusCode::OK, version, &page));
    }
    let shown = found.map(|person| org_user(settings, &person));
    let page = paging.page(shown, &url, &call.query, &FILTERS);
    Ok(call.answer(StatusCode::OK, version, &page))
}

/// A person in the shape of version 2025-02-19.
pub(super) fn org_user(settings: &Settings, person: &Person) -> OrgUser {
    convert::org_user(person, &convert::spelled(settings, &person.email))
}

/// A person of a project in the shape of version 2025-02-19.
pub(super) fn group_user(settings: &Settings, person: &Person, project: Id<Project>) -> GroupUser {
    let username = convert::spelled(settings, &person.email);
    convert::group_user(person, &username, person.roles_in(project))
}

fn member(settings: &Settings, person: &Person) -> CloudAppUser {
    let membership = person.membership.as_ref();
    let roles =
        membership.map(|m| convert::role_elements(m.organization, m.roles, &person.projects));
    let username = convert::spelled(settings, &person.email);
    let roles = roles.unwrap_or_default();
    convert::cloud_app_user(&person.user, &username, roles, &person.teams)
}

/// Whom a query asks for.
pub(super) struct Wanted {
    /// Only the one with this address; nobody has one that is none.
    email: Option<Result<EmailAddress, Refusal>>,
    /// Only the one with this id.
    user: Option<Id<User>>,
    /// Only people who stand like this.
    standings: Vec<Standing>,
}

impl Wanted {
    /// All members.
    fn members() -> Self {
        Self {
            email: None,
            user: None,
            standings: vec![Standing::Active],
        }
    }

    /// Who does not say how people are to stand gets members and those with an open invitation:
    /// invitations that came to nothing are shown only when asked for.
    ///
    /// # Errors
    /// 400 `INVALID_ENUM_VALUE`, `VALIDATION_ERROR`.
    pub(super) fn of(query: &QueryParams) -> Result<Self, Failure> {
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
        let given = |name| query.get(name).filter(|value| !value.is_empty());
        let user = given("userId").map(|text| {
            let words = "it is an id of 24 hexadecimal digits";
            Id::from_hex(text).ok_or_else(|| Failure::field(Code::ValidationError, "userId", words))
        });
        Ok(Self {
            email: given("username").map(EmailAddress::parse),
            user: user.transpose()?,
            standings,
        })
    }

    /// Whether somebody who stands like this is asked for.
    pub(super) fn includes(&self, standing: Standing) -> bool {
        self.standings.contains(&standing)
    }

    fn find(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        whose: Whose,
        paging: Paging,
    ) -> Result<Counted<Person>, AppError> {
        if self.email.is_none() && self.user.is_none() {
            let listing = Listing {
                standings: self.standings.clone(),
                team: whose.team(),
                project: whose.project(),
                slice: paging.slice(),
            };
            return people::list(tx, ctx, &listing);
        }
        authority::require(tx, ctx, Permission::View)?;
        if let Some(team) = whose.team() {
            teams::load(tx, ctx, team)?;
        }
        let mut found = self.find_one(tx, ctx)?;
        found.retain(|person| self.matches(person, whose));
        Ok(paging.cut(found))
    }

    fn find_one(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Person>, AppError> {
        let found = match (&self.email, self.user) {
            (Some(Err(_)), _) | (None, None) => None,
            (Some(Ok(email)), _) => directory::find_person_by_email(tx, ctx, email)?,
            (None, Some(id)) => directory::find_person(tx, ctx, id)?,
        };
        Ok(found.into_iter().collect())
    }

    fn matches(&self, person: &Person, whose: Whose) -> bool {
        self.includes(person.standing)
            && self.user.is_none_or(|id| id == person.user.id)
            && match whose {
                Whose::Organization => true,
                Whose::Team(team) => person.teams.contains(&team),
                Whose::Project(project) => !person.roles_in(project).is_empty(),
            }
    }
}
