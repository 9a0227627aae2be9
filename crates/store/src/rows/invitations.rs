//! Rows of `invitations`.

use vestibule_core::invitation::{Invitation, Inviter, Reason, State};
use vestibule_core::key::Principal;
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::project::Project;
use vestibule_core::role::Vocabulary;
use vestibule_core::team::Team;
use vestibule_core::user::{AuthType, User};
use vestibule_core::{EmailAddress, Id, Lifetime, Timestamp};

use super::invitation_filter::{InvitationFilter, Scope};
use super::{promises, read};
use crate::{Error, Row, Sql, Tx};

const INSERT_OR_NOTHING: Sql = Sql::new(
    "insert into invitations (org_id, id, email, email_key, user_id, inviter_kind, inviter_id,
     inviter_name, dialect, auth_type, roles, teams, message, state, reason, generation, nonce,
     lifetime, sent_at, expires_at, accepted_at, ended_at, resend_count, created_at, updated_at,
     version, project_id, project_roles)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
     $20, $21, $22, $23, $24, $25, $26, $27, $28)
     on conflict (org_id, email_key, project_id) where state in ('staged', 'sent') do nothing",
);
const FIND: Sql = Sql::new(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles
     from invitations where org_id = $1 and id = $2",
);
const FIND_LIVE: Sql = Sql::new(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles
     from invitations where org_id = $1 and email_key = $2 and project_id = $3
     and state in ('staged', 'sent')",
);
// The condition on the version is what makes a transition happen once.
const UPDATE: Sql = Sql::new(
    "update invitations set roles = $4, teams = $5, message = $6, state = $7, reason = $8,
     generation = $9, nonce = $10, lifetime = $11, sent_at = $12, expires_at = $13,
     accepted_at = $14, ended_at = $15, resend_count = $16, updated_at = $17, version = $18,
     project_roles = $19
     where org_id = $1 and id = $2 and version = $3",
);
const LIST: Sql = Sql::new(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles
     from invitations where org_id = $1 and id > $2 order by id limit $3",
);
const LIST_HEADS: Sql = Sql::new(
    "select id, version, state, expires_at from invitations
     where org_id = $1 and id > $2 order by id limit $3",
);
// The state that counts at $4 is what Invitation::state_at says; a test holds the two together.
const LIST_FILTERED: Sql = Sql::new(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles
     from invitations where org_id = $1 and id > $2
     and ($3 is null or case when state in ('staged', 'sent') and expires_at <= $4 then 'expired'
          when state = 'deactivated' and accepted_at is not null and $11 = 1 then 'accepted'
          else state end = $3)
     and ($5 is null or inviter_id = $5)
     and ($6 is null or ',' || roles || ',' like $6)
     and ($7 is null or ',' || teams || ',' like $7)
     and ($8 = 0 or reason is null or reason <> 'revoked')
     and ($9 is null or project_id = $9)
     order by id limit $10",
);
// The same from the newest to the oldest.
const LIST_FILTERED_BACK: Sql = Sql::new(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles
     from invitations where org_id = $1 and id < $2
     and ($3 is null or case when state in ('staged', 'sent') and expires_at <= $4 then 'expired'
          when state = 'deactivated' and accepted_at is not null and $11 = 1 then 'accepted'
          else state end = $3)
     and ($5 is null or inviter_id = $5)
     and ($6 is null or ',' || roles || ',' like $6)
     and ($7 is null or ',' || teams || ',' like $7)
     and ($8 = 0 or reason is null or reason <> 'revoked')
     and ($9 is null or project_id = $9)
     order by id desc limit $10",
);
/// That an invitation `i` to the organization, which is not open, is the last of its person: there is
/// no open one, and no newer one.
macro_rules! is_last {
    () => {
        "not exists (select 1 from invitations j
                      where j.org_id = i.org_id and j.user_id = i.user_id
                      and j.project_id = ''
                      and (j.state in ('staged', 'sent') or j.created_at > i.created_at
                        or (j.created_at = i.created_at and j.id > i.id)))"
    };
}
pub(super) use is_last;
const LIST_OF_USER: Sql = Sql::new(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles
     from invitations where org_id = $1 and user_id = $2 order by id",
);
// The last condition is the index's.
const LIST_OF_PROJECT: Sql = Sql::new(
    "select org_id, id, email, email_key, user_id, inviter_kind, inviter_id, inviter_name, dialect,
     auth_type, roles, teams, message, state, reason, generation, nonce, lifetime, sent_at,
     expires_at, accepted_at, ended_at, resend_count, created_at, updated_at, version, project_id,
     project_roles
     from invitations where org_id = $1 and project_id = $2 and project_id <> '' order by id",
);
const COUNT_LIVE: Sql = Sql::new(
    "select count(*) from invitations where org_id = $1 and state in ('staged', 'sent')
     and expires_at > $2",
);
// Ids begin with the second they were made in, so that the key bounds what is counted.
const COUNT_MADE: Sql = Sql::new(
    "select count(*) from invitations where org_id = $1 and id >= $2 and created_at > $3
     and inviter_id = $4 and dialect = $5",
);

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_OR_NOTHING,
    FIND,
    FIND_LIVE,
    UPDATE,
    LIST,
    LIST_HEADS,
    LIST_FILTERED,
    LIST_FILTERED_BACK,
    LIST_OF_USER,
    LIST_OF_PROJECT,
    COUNT_LIVE,
    COUNT_MADE,
];

/// What tells whether an invitation is still as it was when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationHead {
    /// The invitation.
    pub id: Id<Invitation>,
    /// Rises with every change.
    pub version: i64,
    /// As it is stored.
    pub state: State,
    /// When an open one is over.
    pub expires_at: Timestamp,
}

impl Tx<'_> {
    /// Adds an invitation unless its address has a live one to the same; `false` if it has.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_invitation(&mut self, invitation: &Invitation) -> Result<bool, Error> {
        let inserted = self.execute(
            INSERT_OR_NOTHING,
            &[
                (&invitation.organization.to_hex()).into(),
                (&invitation.id.to_hex()).into(),
                invitation.email.display().into(),
                invitation.email.key().into(),
                (&invitation.user.to_hex()).into(),
                invitation.inviter.principal.kind_name().into(),
                (&invitation.inviter.principal.id_hex()).into(),
                (&invitation.inviter.name).into(),
                invitation.dialect.name().into(),
                invitation.auth_type.name().into(),
                (&invitation.roles.to_names()).into(),
                (&team_list(&invitation.teams)).into(),
                (&invitation.message).into(),
                invitation.state.name().into(),
                invitation.reason.map(Reason::name).into(),
                invitation.generation.into(),
                (&invitation.nonce).into(),
                invitation.lifetime.as_seconds().into(),
                invitation.sent_at.as_micros().into(),
                invitation.expires_at.as_micros().into(),
                read::micros(invitation.accepted_at).into(),
                read::micros(invitation.ended_at).into(),
                invitation.resend_count.into(),
                invitation.created_at.as_micros().into(),
                invitation.updated_at.as_micros().into(),
                invitation.version.into(),
                (&Scope::of(invitation).column()).into(),
                (&promises::spelled(&invitation.project_roles)).into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// The invitation with this id.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_invitation(
        &mut self,
        organization: Id<Organization>,
        id: Id<Invitation>,
    ) -> Result<Option<Invitation>, Error> {
        self.find(
            FIND,
            &[(&organization.to_hex()).into(), (&id.to_hex()).into()],
            invitation,
        )
    }

    /// The invitation of this address to this that is stored as live; it may have expired
    /// unnoticed.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_live_invitation(
        &mut self,
        organization: Id<Organization>,
        email: &EmailAddress,
        scope: Scope,
    ) -> Result<Option<Invitation>, Error> {
        self.find(
            FIND_LIVE,
            &[
                (&organization.to_hex()).into(),
                email.key().into(),
                (&scope.column()).into(),
            ],
            invitation,
        )
    }

    /// Writes what may change of an invitation that was read with version `read_version`; `false`
    /// if somebody else changed it since.
    ///
    /// # Errors
    /// What the database says.
    pub fn update_invitation(
        &mut self,
        invitation: &Invitation,
        read_version: i64,
    ) -> Result<bool, Error> {
        let changed = self.execute(
            UPDATE,
            &[
                (&invitation.organization.to_hex()).into(),
                (&invitation.id.to_hex()).into(),
                read_version.into(),
                (&invitation.roles.to_names()).into(),
                (&team_list(&invitation.teams)).into(),
                (&invitation.message).into(),
                invitation.state.name().into(),
                invitation.reason.map(Reason::name).into(),
                invitation.generation.into(),
                (&invitation.nonce).into(),
                invitation.lifetime.as_seconds().into(),
                invitation.sent_at.as_micros().into(),
                invitation.expires_at.as_micros().into(),
                read::micros(invitation.accepted_at).into(),
                read::micros(invitation.ended_at).into(),
                invitation.resend_count.into(),
                invitation.updated_at.as_micros().into(),
                invitation.version.into(),
                (&promises::spelled(&invitation.project_roles)).into(),
            ],
        )?;
        Ok(changed == 1)
    }

    /// At most `limit` invitations of an organization that pass the filter, in its order, after
    /// `after`.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_invitations(
        &mut self,
        organization: Id<Organization>,
        filter: &InvitationFilter,
        after: Option<Id<Invitation>>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Invitation>, Error> {
        let organization = organization.to_hex();
        let (statement, before_all) = if filter.newest_first {
            // Above all hexadecimal digits.
            (LIST_FILTERED_BACK, "g")
        } else {
            (LIST_FILTERED, "")
        };
        let after = after.map_or_else(|| before_all.to_owned(), Id::to_hex);
        if filter.is_empty() {
            let params = [(&organization).into(), (&after).into(), limit.into()];
            return self.list(LIST, &params, invitation);
        }
        let inviter = filter.inviter.map(Principal::id_hex);
        let role = filter.role.map(|role| contains(role.name()));
        let team = filter.team.map(|team| contains(&team.to_hex()));
        let scope = filter.scope.map(Scope::column);
        self.list(
            statement,
            &[
                (&organization).into(),
                (&after).into(),
                filter.state.map(State::name).into(),
                now.as_micros().into(),
                inviter.as_deref().into(),
                role.as_deref().into(),
                team.as_deref().into(),
                filter.hide_revoked.into(),
                scope.as_deref().into(),
                limit.into(),
                filter.ended_count_as_accepted.into(),
            ],
            invitation,
        )
    }

    /// The heads of what [`Tx::list_invitations`] lists without a filter.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_invitation_heads(
        &mut self,
        organization: Id<Organization>,
        after: Option<Id<Invitation>>,
        limit: u32,
    ) -> Result<Vec<InvitationHead>, Error> {
        let organization = organization.to_hex();
        let after = after.map(Id::to_hex).unwrap_or_default();
        self.list(
            LIST_HEADS,
            &[(&organization).into(), (&after).into(), limit.into()],
            |row| {
                Ok(InvitationHead {
                    id: read::id(row, 0, "invitations.id")?,
                    version: row.int(1)?,
                    state: read::parsed(row, 2, "invitations.state", State::from_name)?,
                    expires_at: read::time(row, 3)?,
                })
            },
        )
    }

    /// All invitations of a person to an organization, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_invitations_of(
        &mut self,
        organization: Id<Organization>,
        user: Id<User>,
    ) -> Result<Vec<Invitation>, Error> {
        self.list(
            LIST_OF_USER,
            &[(&organization.to_hex()).into(), (&user.to_hex()).into()],
            invitation,
        )
    }

    /// All invitations to a project, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_invitations_to(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
    ) -> Result<Vec<Invitation>, Error> {
        self.list(
            LIST_OF_PROJECT,
            &[(&organization.to_hex()).into(), (&project.to_hex()).into()],
            invitation,
        )
    }

    /// How many invitations of an organization are open at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_live_invitations(
        &mut self,
        organization: Id<Organization>,
        now: Timestamp,
    ) -> Result<i64, Error> {
        self.one(
            COUNT_LIVE,
            &[(&organization.to_hex()).into(), now.as_micros().into()],
            |row| row.int(0),
        )
    }
}

impl Tx<'_> {
    /// How many invitations somebody has made through an API after `since`.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_invitations_made(
        &mut self,
        organization: Id<Organization>,
        inviter: Principal,
        dialect: Dialect,
        since: Timestamp,
    ) -> Result<i64, Error> {
        let first = Id::<Invitation>::first_of(since);
        self.one(
            COUNT_MADE,
            &[
                (&organization.to_hex()).into(),
                (&first.to_hex()).into(),
                since.as_micros().into(),
                (&inviter.id_hex()).into(),
                dialect.name().into(),
            ],
            |row| row.int(0),
        )
    }
}

/// The pattern of a list, between commas, that has this word.
pub(super) fn contains(word: &str) -> String {
    format!("%,{word},%")
}

fn team_list(teams: &[Id<Team>]) -> String {
    teams
        .iter()
        .map(|id| id.to_hex())
        .collect::<Vec<_>>()
        .join(",")
}

fn parse_team_list(text: &str) -> Option<Vec<Id<Team>>> {
    text.split(',')
        .filter(|id| !id.is_empty())
        .map(Id::from_hex)
        .collect()
}

fn scope(text: &str) -> Option<Scope> {
    if text.is_empty() {
        return Some(Scope::Organization);
    }
    Id::from_hex(text).map(Scope::Project)
}

pub(super) fn invitation(row: &Row<'_>) -> Result<Invitation, Error> {
    Ok(Invitation {
        organization: read::id(row, 0, "invitations.org_id")?,
        id: read::id(row, 1, "invitations.id")?,
        email: EmailAddress::from_stored(row.text(2)?, row.text(3)?),
        user: read::id(row, 4, "invitations.user_id")?,
        inviter: Inviter {
            principal: read::principal(row, 5, "invitations.inviter_id")?,
            name: row.text(7)?,
        },
        dialect: read::parsed(row, 8, "invitations.dialect", Dialect::from_name)?,
        auth_type: read::parsed(row, 9, "invitations.auth_type", AuthType::from_name)?,
        roles: read::roles(row, 10, "invitations.roles")?,
        teams: read::parsed(row, 11, "invitations.teams", parse_team_list)?,
        message: row.text(12)?,
        state: read::parsed(row, 13, "invitations.state", State::from_name)?,
        reason: read::opt_parsed(row, 14, "invitations.reason", Reason::from_name)?,
        generation: row.int(15)?,
        nonce: row.text(16)?,
        lifetime: Lifetime::from_seconds(row.int(17)?)
            .ok_or_else(|| Error::value("invitations.lifetime"))?,
        sent_at: read::time(row, 18)?,
        expires_at: read::time(row, 19)?,
        accepted_at: read::opt_time(row, 20)?,
        ended_at: read::opt_time(row, 21)?,
        resend_count: row.int(22)?,
        created_at: read::time(row, 23)?,
        updated_at: read::time(row, 24)?,
        version: row.int(25)?,
        project: match read::parsed(row, 26, "invitations.project_id", scope)? {
            Scope::Organization => None,
            Scope::Project(id) => Some(id),
        },
        project_roles: read::parsed(row, 27, "invitations.project_roles", promises::parsed)?,
    })
}
