//! People of an organization or of one of its teams, page by page: who is a member, whose
//! invitation is open, and whose came to nothing.
//!
//! Three lists, each in the order of an index, so that a page costs what is on it and what comes
//! before it. Must not say what a standing is called, nor join the three to one.

use vestibule_core::invitation::Invitation;
use vestibule_core::membership::Membership;
use vestibule_core::organization::Organization;
use vestibule_core::project::{Project, ProjectGrant};
use vestibule_core::role::RoleSet;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Timestamp};

use super::invitations::{contains, invitation, is_last};
use super::slice::Slice;
use super::{memberships, read, users};
use crate::{Error, Row, Sql, Tx};

const MEMBERS: Sql = Sql::new(
    "select m.org_id, m.id, m.user_id, m.state, m.roles, m.invitation_id, m.joined_at, m.ended_at,
     u.id, u.email, u.email_key, u.full_name, u.state, u.auth_type, u.created_at, u.updated_at,
     i.email, i.email_key
     from memberships m join users u on u.id = m.user_id
     left join invitations i on i.org_id = m.org_id and i.id = m.invitation_id
     where m.org_id = $1 and m.state = 'active' order by m.id limit $2 offset $3",
);
// `cross join` keeps SQLite from reading all members of the organization: the team, or the project,
// comes first.
const MEMBERS_OF_TEAM: Sql = Sql::new(
    "select m.org_id, m.id, m.user_id, m.state, m.roles, m.invitation_id, m.joined_at, m.ended_at,
     u.id, u.email, u.email_key, u.full_name, u.state, u.auth_type, u.created_at, u.updated_at,
     i.email, i.email_key
     from team_members t cross join memberships m join users u on u.id = m.user_id
     left join invitations i on i.org_id = m.org_id and i.id = m.invitation_id
     where t.org_id = $1 and t.team_id = $2
     and m.org_id = t.org_id and m.user_id = t.user_id and m.state = 'active'
     order by m.id limit $3 offset $4",
);
const MEMBERS_OF_PROJECT: Sql = Sql::new(
    "select m.org_id, m.id, m.user_id, m.state, m.roles, m.invitation_id, m.joined_at, m.ended_at,
     u.id, u.email, u.email_key, u.full_name, u.state, u.auth_type, u.created_at, u.updated_at,
     i.email, i.email_key
     from project_members p cross join memberships m join users u on u.id = m.user_id
     left join invitations i on i.org_id = m.org_id and i.id = m.invitation_id
     where p.org_id = $1 and p.project_id = $2
     and m.org_id = p.org_id and m.user_id = p.user_id and m.state = 'active'
     order by m.id limit $3 offset $4",
);
const COUNT_MEMBERS: Sql =
    Sql::new("select count(*) from memberships where org_id = $1 and state = 'active'");
const COUNT_MEMBERS_OF_TEAM: Sql = Sql::new(
    "select count(*) from team_members t
     join memberships m on m.org_id = t.org_id and m.user_id = t.user_id and m.state = 'active'
     where t.org_id = $1 and t.team_id = $2",
);
const COUNT_MEMBERS_OF_PROJECT: Sql = Sql::new(
    "select count(*) from project_members p
     join memberships m on m.org_id = p.org_id and m.user_id = p.user_id and m.state = 'active'
     where p.org_id = $1 and p.project_id = $2",
);
// The teams of the members from one membership to another.
const TEAMS_OF_MEMBERS: Sql = Sql::new(
    "select t.user_id, t.team_id from memberships m cross join team_members t
     where m.org_id = $1 and m.state = 'active' and m.id >= $2 and m.id <= $3
     and t.org_id = m.org_id and t.user_id = m.user_id
     order by t.user_id, t.team_id",
);
const TEAMS_OF_TEAMMATES: Sql = Sql::new(
    "select o.user_id, o.team_id from team_members t cross join memberships m
     cross join team_members o
     where t.org_id = $1 and t.team_id = $2
     and m.org_id = t.org_id and m.user_id = t.user_id and m.state = 'active'
     and m.id >= $3 and m.id <= $4 and o.org_id = t.org_id and o.user_id = t.user_id
     order by o.user_id, o.team_id",
);
// What the same have in projects.
const PROJECTS_OF_MEMBERS: Sql = Sql::new(
    "select p.user_id, p.project_id, p.roles from memberships m
     join project_members p on p.org_id = m.org_id and p.user_id = m.user_id
     where m.org_id = $1 and m.state = 'active' and m.id >= $2 and m.id <= $3
     order by p.user_id, p.project_id",
);
/// Open invitations to the organization of people who are no members, with the table's columns
/// unnamed.
macro_rules! pending {
    () => {
        " from invitations i
     where org_id = $1 and project_id = '' and state in ('staged', 'sent') and expires_at > $2
     and ($3 is null or ',' || teams || ',' like $3)
     and ($4 is null or project_roles like $4)
     and not exists (select 1 from memberships m
                     where m.org_id = i.org_id and m.user_id = i.user_id and m.state = 'active')"
    };
}
// Ordered by address, because that is the order of the index of live invitations.
const PENDING: Sql = Sql::new(concat!(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles",
    pending!(),
    " order by email_key limit $5 offset $6",
));
const COUNT_PENDING: Sql = Sql::new(concat!("select count(*)", pending!()));
/// The last invitations, `i`, of people whose invitations came to nothing; their ids are in `e`.
///
/// Open ones whose time is over, out of the index of live invitations, and those that were written
/// down as over: what was accepted is not looked at. A person's last invitation counts: the live
/// one if there is one, the newest otherwise. `|| ''` keeps SQLite from reading the open ones in the
/// order of the ids, out of all invitations of the organization.
macro_rules! ended {
    () => {
        concat!(
            " from (select o.id || '' as id from invitations o where o.org_id = $1 and $2 = 1
           and o.state in ('staged', 'sent') and o.expires_at <= $3
           union all
           select d.id from invitations d where d.org_id = $1
           and d.state in ('expired', 'deactivated')
           and (($2 = 1 and d.state = 'expired') or ($4 = 1 and d.reason = 'declined'))) e
     cross join invitations i
     where i.org_id = $1 and i.id = e.id and i.project_id = ''
     and ($5 is null or ',' || i.teams || ',' like $5)
     and ($6 is null or i.project_roles like $6)
     and not exists (select 1 from memberships m
                     where m.org_id = i.org_id and m.user_id = i.user_id and m.state = 'active')
     and (i.state in ('staged', 'sent') or ",
            is_last!(),
            ")"
        )
    };
}
const ENDED: Sql = Sql::new(concat!(
    "select i.org_id, i.id, i.email, i.email_key, i.user_id, i.inviter_kind, i.inviter_id, i.inviter_name,
     i.dialect, i.auth_type, i.roles, i.teams, i.message, i.state, i.reason, i.generation, i.nonce,
     i.lifetime, i.sent_at, i.expires_at, i.accepted_at, i.ended_at, i.resend_count, i.created_at,
     i.updated_at, i.version, i.project_id, i.project_roles
     from (select e.id",
    ended!(),
    " order by e.id limit $7 offset $8) p
     cross join invitations i where i.org_id = $1 and i.id = p.id order by p.id",
));
const COUNT_ENDED: Sql = Sql::new(concat!("select count(*)", ended!()));

pub(crate) const STATEMENTS: &[Sql] = &[
    MEMBERS,
    MEMBERS_OF_TEAM,
    MEMBERS_OF_PROJECT,
    COUNT_MEMBERS,
    COUNT_MEMBERS_OF_TEAM,
    COUNT_MEMBERS_OF_PROJECT,
    TEAMS_OF_MEMBERS,
    PROJECTS_OF_MEMBERS,
    TEAMS_OF_TEAMMATES,
    PENDING,
    COUNT_PENDING,
    ENDED,
    COUNT_ENDED,
];

/// Whose people: all of an organization's, or those of one of its teams or projects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circle {
    /// The organization.
    pub organization: Id<Organization>,
    /// The team; `None` for everybody.
    pub team: Option<Id<Team>>,
    /// The project; `None` for everybody, and for a team.
    pub project: Option<Id<Project>>,
}

impl Circle {
    /// What the lists of invitations look for in what is promised.
    fn patterns(self) -> (Option<String>, Option<String>) {
        (
            self.team.map(|team| contains(&team.to_hex())),
            self.project
                .map(|project| format!("%{}:%", project.to_hex())),
        )
    }
}

/// Which invitations that came to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Those that ran out.
    pub expired: bool,
    /// Those that were declined.
    pub declined: bool,
}

/// A member as a list of people shows them.
#[derive(Clone, Debug)]
pub struct ListedMember {
    /// The period.
    pub membership: Membership,
    /// The person.
    pub user: User,
    /// The address that the invitation which led to the membership was sent to, as it was spelled.
    pub invited_as: Option<EmailAddress>,
    /// The teams they are in, by id.
    pub teams: Vec<Id<Team>>,
    /// The roles they have in projects, by project.
    pub projects: Vec<ProjectGrant>,
}

impl Tx<'_> {
    /// A slice of the members in the order they joined, with their teams.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_circle_members(
        &mut self,
        circle: Circle,
        slice: Slice,
    ) -> Result<Vec<ListedMember>, Error> {
        let organization = circle.organization.to_hex();
        let team = circle.team.map(Id::to_hex);
        let project = circle.project.map(Id::to_hex);
        let (of_part, part) = match (&team, &project) {
            (None, None) => (MEMBERS, None),
            (Some(team), _) => (MEMBERS_OF_TEAM, Some(team)),
            (None, Some(project)) => (MEMBERS_OF_PROJECT, Some(project)),
        };
        let mut members = match part {
            None => {
                let params = [
                    (&organization).into(),
                    slice.limit.into(),
                    slice.offset.into(),
                ];
                self.list(of_part, &params, listed)?
            }
            Some(part) => {
                let params = [
                    (&organization).into(),
                    part.into(),
                    slice.limit.into(),
                    slice.offset.into(),
                ];
                self.list(of_part, &params, listed)?
            }
        };
        let (Some(first), Some(last)) = (members.first(), members.last()) else {
            return Ok(members);
        };
        let (first, last) = (first.membership.id.to_hex(), last.membership.id.to_hex());
        let teams = match &team {
            None => {
                let params = [(&organization).into(), (&first).into(), (&last).into()];
                self.list(TEAMS_OF_MEMBERS, &params, user_and_team)?
            }
            Some(team) => {
                let params = [
                    (&organization).into(),
                    team.into(),
                    (&first).into(),
                    (&last).into(),
                ];
                self.list(TEAMS_OF_TEAMMATES, &params, user_and_team)?
            }
        };
        let params = [(&organization).into(), (&first).into(), (&last).into()];
        let projects = self.list(PROJECTS_OF_MEMBERS, &params, user_and_grant)?;
        for member in &mut members {
            let here = projects.iter().filter(|(user, _)| *user == member.user.id);
            member.projects = here.map(|(_, grant)| *grant).collect();
            let theirs = teams.iter().filter(|(user, _)| *user == member.user.id);
            member.teams = theirs.map(|(_, team)| *team).collect();
        }
        Ok(members)
    }

    /// How many members there are.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_circle_members(&mut self, circle: Circle) -> Result<i64, Error> {
        let organization = circle.organization.to_hex();
        let team = circle
            .team
            .map(|team| (COUNT_MEMBERS_OF_TEAM, team.to_hex()));
        let project = circle.project;
        let project = project.map(|id| (COUNT_MEMBERS_OF_PROJECT, id.to_hex()));
        match team.or(project) {
            None => self.one(COUNT_MEMBERS, &[(&organization).into()], |row| row.int(0)),
            Some((count, part)) => {
                let params = [(&organization).into(), (&part).into()];
                self.one(count, &params, |row| row.int(0))
            }
        }
    }

    /// A slice of the invitations that are open at `now`, by address. For a team: of those that
    /// promise it; likewise for a project.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_circle_pending(
        &mut self,
        circle: Circle,
        now: Timestamp,
        slice: Slice,
    ) -> Result<Vec<Invitation>, Error> {
        let (team, project) = circle.patterns();
        self.list(
            PENDING,
            &[
                (&circle.organization.to_hex()).into(),
                now.as_micros().into(),
                team.as_deref().into(),
                project.as_deref().into(),
                slice.limit.into(),
                slice.offset.into(),
            ],
            invitation,
        )
    }

    /// How many invitations [`Tx::list_circle_pending`] has in all.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_circle_pending(&mut self, circle: Circle, now: Timestamp) -> Result<i64, Error> {
        let (team, project) = circle.patterns();
        self.one(
            COUNT_PENDING,
            &[
                (&circle.organization.to_hex()).into(),
                now.as_micros().into(),
                team.as_deref().into(),
                project.as_deref().into(),
            ],
            |row| row.int(0),
        )
    }

    /// A slice of the last invitations of people whose invitations came to nothing, in the order
    /// they were made. For a team: of those that promised it; likewise for a project.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_circle_ended(
        &mut self,
        circle: Circle,
        which: Ended,
        now: Timestamp,
        slice: Slice,
    ) -> Result<Vec<Invitation>, Error> {
        let (team, project) = circle.patterns();
        self.list(
            ENDED,
            &[
                (&circle.organization.to_hex()).into(),
                which.expired.into(),
                now.as_micros().into(),
                which.declined.into(),
                team.as_deref().into(),
                project.as_deref().into(),
                slice.limit.into(),
                slice.offset.into(),
            ],
            invitation,
        )
    }

    /// How many invitations [`Tx::list_circle_ended`] has in all.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_circle_ended(
        &mut self,
        circle: Circle,
        which: Ended,
        now: Timestamp,
    ) -> Result<i64, Error> {
        let (team, project) = circle.patterns();
        self.one(
            COUNT_ENDED,
            &[
                (&circle.organization.to_hex()).into(),
                which.expired.into(),
                now.as_micros().into(),
                which.declined.into(),
                team.as_deref().into(),
                project.as_deref().into(),
            ],
            |row| row.int(0),
        )
    }
}

fn listed(row: &Row<'_>) -> Result<ListedMember, Error> {
    let invited_as = match (row.opt_text(16)?, row.opt_text(17)?) {
        (Some(display), Some(key)) => Some(EmailAddress::from_stored(display, key)),
        _ => None,
    };
    Ok(ListedMember {
        membership: memberships::membership(row)?,
        user: users::user_at(row, 8)?,
        invited_as,
        teams: Vec::new(),
        projects: Vec::new(),
    })
}

fn user_and_grant(row: &Row<'_>) -> Result<(Id<User>, ProjectGrant), Error> {
    let grant = ProjectGrant {
        project: read::id(row, 1, "project_members.project_id")?,
        roles: read::parsed(row, 2, "project_members.roles", RoleSet::from_names)?,
    };
    Ok((read::id(row, 0, "project_members.user_id")?, grant))
}

fn user_and_team(row: &Row<'_>) -> Result<(Id<User>, Id<Team>), Error> {
    Ok((
        read::id(row, 0, "team_members.user_id")?,
        read::id(row, 1, "team_members.team_id")?,
    ))
}
