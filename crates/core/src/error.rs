//! Refusals: why a rule said no. Owns the public words. Must not know HTTP statuses, nor any
//! dialect's codes; each dialect maps every variant itself.

use crate::id::Id;
use crate::invitation::{Invitation, State};
use crate::project::ProjectRole;
use crate::role::{Permission, RoleSet, Vocabulary};

/// Why a rule said no. `Display` is fit for the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An address that is none.
    #[error("this is not an e-mail address: {reason}")]
    InvalidEmail {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A name that people should not have to see.
    #[error("the {field} is not usable: {reason}")]
    InvalidName {
        /// Which name.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A message that should not be mailed.
    #[error("the message is not usable: {reason}")]
    InvalidMessage {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A lifetime outside its bounds.
    #[error("an invitation stays open for at least 60 seconds and at most 365 days")]
    InvalidLifetime,
    /// An invitation or a member needs a role.
    #[error("at least one role is needed")]
    NoRoles,
    /// The caller's roles do not permit this.
    #[error("this needs the permission to {}", permission_words(*.0))]
    NotPermitted(Permission),
    /// The caller promises what it may not give.
    #[error("you may not grant: {}", role_words(*.roles))]
    RoleAboveCeiling {
        /// The roles that are too high.
        roles: RoleSet,
    },
    /// The caller owns neither the project nor the organization.
    #[error("this needs an owner of the project or of the organization")]
    NotProjectOwner,
    /// The caller takes or changes what somebody has, or is promised, in a project that it does not
    /// own.
    #[error(
        "what somebody has in the project {project} is changed by an owner of it or of the organization"
    )]
    NotYourProject {
        /// The project's id, as it is spelled natively.
        project: String,
    },
    /// The caller gives roles in a project that it may not give.
    #[error("you may not grant in this project: {}", project_role_words(*.roles))]
    ProjectRoleAboveCeiling {
        /// The roles that are too high.
        roles: RoleSet<ProjectRole>,
    },
    /// Only an owner may invite a person with a local account to an organization with single
    /// sign-on (Confluent's rule).
    #[error(
        "the organization has single sign-on: only an owner may invite people with a local account"
    )]
    LocalIntoSso,
    /// There is no such thing, or it belongs to somebody else.
    #[error("there is no {noun} with the id {id}")]
    NotFound {
        /// What was looked for.
        noun: &'static str,
        /// The id, as it was spelled.
        id: String,
    },
    /// The address belongs to a member already.
    #[error("this person is a member of the organization already")]
    AlreadyMember,
    /// Somebody who was only invited is nobody that could be changed.
    #[error("this person was invited, and has not accepted")]
    NotMemberYet,
    /// The person is known elsewhere, too, under the name that was to be changed.
    #[error("only this person can change their name")]
    NameNotYours,
    /// The person has roles in the project already, or is promised some.
    #[error("this person has roles in the project already")]
    AlreadyInProject,
    /// The person has no roles in the project.
    #[error("this person has no roles in the project")]
    NotInProject {
        /// The person's id, as it is spelled natively.
        user: String,
    },
    /// An invitation to a project promises roles in that project, and nothing else.
    #[error("an invitation to a project promises roles in that project, and nothing else")]
    OutOfScope,
    /// The address has an open invitation already.
    #[error("this address has an open invitation already")]
    LiveInvitation {
        /// The open one.
        id: Id<Invitation>,
    },
    /// The organization has as many open invitations as it may have.
    #[error("the number of open invitations in this organization is currently limited to {limit}")]
    PendingLimit {
        /// How many it may have.
        limit: i64,
    },
    /// The organization has as many people, members and invited, as it may have.
    #[error("the number of people in this organization is currently limited to {limit}")]
    UserLimit {
        /// How many it may have.
        limit: i64,
    },
    /// The last mail left a moment ago.
    #[error("the invitation was sent a moment ago; send it again in {seconds} seconds")]
    ResendTooSoon {
        /// How long to wait.
        seconds: i64,
    },
    /// The invitation is not open, so this cannot happen to it.
    #[error("the invitation is {}, so it cannot be {wanted}", .state.name())]
    NotOpen {
        /// What it is.
        state: State,
        /// What was wanted: `resent`, `changed`, …
        wanted: &'static str,
    },
    /// An accepted invitation cannot be withdrawn; the text is Confluent's, whose clients know it.
    #[error("Bad Request. The invitation was already accepted")]
    AlreadyAccepted,
    /// A link that opens nothing: unknown, expired, withdrawn, used or mistyped. One answer for all,
    /// so that nobody learns which.
    #[error("this invitation link is not valid, or not valid any more")]
    LinkNotValid,
    /// The inviter may no longer promise what the invitation promises.
    #[error("whoever sent this invitation may no longer grant its roles; ask for a new one")]
    InviterLostRights,
    /// An organization without an owner could not be managed any more.
    #[error("the organization would have no owner left")]
    LastOwner,
    /// A team of this name exists.
    #[error("a team with this name exists already")]
    TeamNameTaken,
    /// The person is in the team already.
    #[error("this person is in the team already")]
    AlreadyInTeam,
    /// The person is not in the team.
    #[error("this person is not in the team")]
    NotInTeam,
    /// The team has roles in a project, which would be lost without a word.
    #[error("the team has roles in projects: take it off them first")]
    TeamInUse,
    /// The team has roles in the project already.
    #[error("this team has roles in the project already")]
    TeamInProject,
    /// The team has no roles in the project.
    #[error("this team has no roles in the project")]
    TeamNotInProject,
    /// The team has as many people as it may have.
    #[error("the number of people in a team is currently limited to {limit}")]
    TeamFull {
        /// How many it may have.
        limit: i64,
    },
    /// The person is in as many teams as they may be in.
    #[error("the number of teams of one person is currently limited to {limit}")]
    TooManyTeams {
        /// In how many one may be.
        limit: i64,
    },
    /// The person has, or is promised, this role already.
    #[error("this person has the role already")]
    RoleHeld,
    /// The person neither has nor is promised this role.
    #[error("this person does not have the role")]
    RoleNotHeld,
    /// The caller has invited too many people within a minute.
    #[error("Rate limit of {limit} invitations per 1 minutes exceeded")]
    TooManyInvitations {
        /// How many a minute may have.
        limit: i64,
    },
    /// A project of this name exists.
    #[error("a project with this name exists already")]
    ProjectNameTaken,
    /// Somebody else changed it in the meantime.
    #[error("it was changed in the meantime: read it again")]
    VersionConflict,
    /// The caller has given the key of this request to another one.
    #[error("this idempotency key was given to another request")]
    OtherRequest,
    /// A service account is no person.
    #[error("a service account cannot do this: it needs a person")]
    NeedsPerson,
}

const fn permission_words(permission: Permission) -> &'static str {
    match permission {
        Permission::Invite => "invite people",
        Permission::ManageMembers => "manage members",
        Permission::ManageTeams => "manage teams",
        Permission::ManageKeys => "manage keys",
        Permission::CreateProjects => "make projects",
        Permission::ManageOrganization => "change the organization",
        Permission::View => "see the organization",
    }
}

fn role_words(roles: RoleSet) -> String {
    roles
        .iter()
        .map(crate::role::Role::name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn project_role_words(roles: RoleSet<ProjectRole>) -> String {
    roles
        .iter()
        .map(ProjectRole::name)
        .collect::<Vec<_>>()
        .join(", ")
}

impl Refusal {
    /// There is no `K` with this id (as it was spelled).
    #[must_use]
    pub fn not_found<K: crate::id::Kind>(id: impl Into<String>) -> Self {
        Self::NotFound {
            noun: K::NOUN,
            id: id.into(),
        }
    }
}
