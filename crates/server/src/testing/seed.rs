//! What a server for testing begins with: organizations and what is in them, with fixed ids.
//!
//! Owns its rows, and that they are made once. Ids fix secrets: a key's nonce is its
//! id, and the ring's key is [`super::KEY_RING`]'s. Must not read files: the executable does.

use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::organization::{Lifetimes, Organization};
use vestibule_core::project::{Project, ProjectMember, ProjectRole};
use vestibule_core::role::RoleSet;
use vestibule_core::team::Team;
use vestibule_core::user::{AuthType, ServiceAccount, User, UserState};
use vestibule_core::{EmailAddress, Id, Timestamp};
use vestibule_store::Tx;

use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::audit::record;

/// What a server for testing begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seed {
    /// The organizations; their ids differ.
    pub organizations: Vec<SeedOrganization>,
}

/// An organization, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedOrganization {
    /// Its id.
    pub id: Id<Organization>,
    /// Its name.
    pub name: String,
    /// Whether it has single sign-on.
    pub sso_enabled: bool,
    /// How long its invitations stay open.
    pub lifetimes: Lifetimes,
    /// Its members.
    pub members: Vec<SeedMember>,
    /// Its teams.
    pub teams: Vec<SeedTeam>,
    /// Its projects.
    pub projects: Vec<SeedProject>,
    /// Its service accounts.
    pub service_accounts: Vec<SeedServiceAccount>,
    /// Its keys.
    pub keys: Vec<SeedKey>,
}

/// A member. The same address in two organizations is the same person, with one id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedMember {
    /// The person's id.
    pub id: Id<User>,
    /// The address.
    pub email: EmailAddress,
    /// The full name; empty for none.
    pub full_name: String,
    /// How the person signs in.
    pub auth_type: AuthType,
    /// What the member may do.
    pub roles: RoleSet,
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedTeam {
    /// Its id.
    pub id: Id<Team>,
    /// Its name.
    pub name: String,
    /// Who is in it: members of the organization.
    pub members: Vec<Id<User>>,
}

/// A project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedProject {
    /// Its id.
    pub id: Id<Project>,
    /// Its name.
    pub name: String,
    /// Who is in it, with which roles: members of the organization.
    pub members: Vec<(Id<User>, RoleSet<ProjectRole>)>,
}

/// A service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedServiceAccount {
    /// Its id.
    pub id: Id<ServiceAccount>,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub roles: RoleSet,
}

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedKey {
    /// Its id, which fixes its secret.
    pub id: Id<ApiKey>,
    /// Where it is used.
    pub kind: KeyKind,
    /// A name for people.
    pub name: String,
    /// The public half.
    pub public_id: String,
    /// For whom it acts: a member or a service account of the organization.
    pub holder: Principal,
}

impl SeedKey {
    /// The key as it stands in the database.
    #[must_use]
    pub fn row(&self, organization: Id<Organization>, created_at: Timestamp) -> ApiKey {
        let ring = super::KEY_RING.split(' ').next().unwrap_or_default();
        ApiKey {
            id: self.id,
            organization,
            principal: self.holder,
            kind: self.kind,
            public_id: self.public_id.clone(),
            name: self.name.clone(),
            generation: 1,
            nonce: format!("{ring}.{}", self.id.to_hex()),
            created_at,
            expires_at: None,
            revoked_at: None,
        }
    }
}

impl Seed {
    /// Makes all of it in an empty database. One that holds the seed's organizations already stays
    /// as it is: what tests did to it since is theirs. `false` for a database that was made
    /// otherwise, which must not be emptied either.
    ///
    /// # Errors
    /// The store's failure.
    pub fn begin(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<bool, AppError> {
        if tx.count_organizations()? == 0 {
            self.make(tx, ctx)?;
            return Ok(true);
        }
        for organization in &self.organizations {
            if tx.find_organization(organization.id)?.is_none() {
                return Ok(false);
            }
        }
        Ok(!self.organizations.is_empty())
    }

    /// Makes all of it in an empty database.
    ///
    /// # Errors
    /// The store's failure.
    pub(crate) fn make(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
        for organization in &self.organizations {
            let ctx = &Ctx {
                organization: organization.id,
                ..ctx.clone()
            };
            organization.make(tx, ctx)?;
        }
        Ok(())
    }
}

impl SeedOrganization {
    fn make(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
        tx.insert_organization(&Organization {
            id: self.id,
            name: self.name.clone(),
            sso_enabled: self.sso_enabled,
            lifetimes: self.lifetimes,
            created_at: ctx.now,
            updated_at: ctx.now,
            version: 1,
        })?;
        record(tx, ctx, "organization.created", self.id)?;
        for member in &self.members {
            member.make(tx, ctx)?;
        }
        for team in &self.teams {
            team.make(tx, ctx)?;
        }
        for project in &self.projects {
            project.make(tx, ctx)?;
        }
        for account in &self.service_accounts {
            account.make(tx, ctx)?;
        }
        for key in &self.keys {
            tx.insert_api_key(&key.row(self.id, ctx.now))?;
            record(tx, ctx, "key.created", key.id)?;
        }
        Ok(())
    }
}

impl SeedMember {
    fn make(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
        // Who is a member of two organizations is there already.
        tx.insert_user(&User {
            id: self.id,
            email: self.email.clone(),
            full_name: self.full_name.clone(),
            state: UserState::Active,
            auth_type: self.auth_type,
            created_at: ctx.now,
            updated_at: ctx.now,
        })?;
        tx.insert_membership(&Membership {
            id: ctx.new_id(),
            organization: ctx.organization,
            user: self.id,
            state: MembershipState::Active,
            roles: self.roles,
            invitation: None,
            joined_at: ctx.now,
            ended_at: None,
        })?;
        Ok(())
    }
}

impl SeedTeam {
    fn make(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
        tx.insert_team(&Team {
            id: self.id,
            organization: ctx.organization,
            name: self.name.clone(),
            created_at: ctx.now,
            deleted_at: None,
        })?;
        for member in &self.members {
            tx.insert_team_member(ctx.organization, self.id, *member)?;
        }
        record(tx, ctx, "team.created", self.id)
    }
}

impl SeedProject {
    fn make(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
        tx.insert_project(&Project {
            id: self.id,
            organization: ctx.organization,
            name: self.name.clone(),
            created_at: ctx.now,
            deleted_at: None,
            version: 1,
        })?;
        for (user, roles) in &self.members {
            tx.save_project_member(&ProjectMember {
                organization: ctx.organization,
                project: self.id,
                user: *user,
                roles: *roles,
                invitation: None,
                added_at: ctx.now,
            })?;
        }
        record(tx, ctx, "project.created", self.id)
    }
}

impl SeedServiceAccount {
    fn make(&self, tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
        tx.insert_service_account(&ServiceAccount {
            id: self.id,
            organization: ctx.organization,
            name: self.name.clone(),
            roles: self.roles,
            created_at: ctx.now,
        })?;
        record(tx, ctx, "service_account.created", self.id)
    }
}
