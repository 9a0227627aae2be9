//! Who may do what.
//!
//! Owns the role ceiling in organizations and in projects, the rule for local accounts in organizations with
//! single sign-on, and the default authentication type. Must not load anything: the caller hands
//! in what a decision needs.

use crate::error::Refusal;
use crate::organization::Organization;
use crate::project::ProjectRole;
use crate::role::{Permission, Role, RoleSet};
use crate::user::AuthType;

/// Checks that the holder of `roles` may do this.
///
/// # Errors
/// [`Refusal::NotPermitted`].
pub fn require(roles: RoleSet, permission: Permission) -> Result<(), Refusal> {
    if roles.permits(permission) {
        Ok(())
    } else {
        Err(Refusal::NotPermitted(permission))
    }
}

/// Checks that the holder of `roles` may promise `promised` to somebody.
///
/// # Errors
/// [`Refusal::NoRoles`]; [`Refusal::RoleAboveCeiling`] names what is too high.
pub fn may_promise(roles: RoleSet, promised: RoleSet) -> Result<(), Refusal> {
    if promised.is_empty() {
        return Err(Refusal::NoRoles);
    }
    let above = promised.minus(roles.grantable());
    if above.is_empty() {
        Ok(())
    } else {
        Err(Refusal::RoleAboveCeiling { roles: above })
    }
}

/// Checks at acceptance that the inviter, who has `roles` now, may still promise `promised`.
///
/// # Errors
/// [`Refusal::InviterLostRights`].
pub fn may_still_promise(roles: RoleSet, promised: RoleSet) -> Result<(), Refusal> {
    let holds = roles.permits(Permission::Invite) && may_promise(roles, promised).is_ok();
    if holds {
        Ok(())
    } else {
        Err(Refusal::InviterLostRights)
    }
}

/// Which roles may be given in a project by a holder of `roles` in its organization and of `mine`
/// in the project: an owner of the organization owns its projects.
#[must_use]
pub fn grantable_in_project(roles: RoleSet, mine: RoleSet<ProjectRole>) -> RoleSet<ProjectRole> {
    if roles.contains(Role::Owner) {
        RoleSet::every()
    } else {
        mine.grantable()
    }
}

/// Checks that the holder of `roles` in the organization and of `mine` in the project may rename
/// and delete it, and say who has roles in it.
///
/// # Errors
/// [`Refusal::NotProjectOwner`].
pub fn may_manage_project(roles: RoleSet, mine: RoleSet<ProjectRole>) -> Result<(), Refusal> {
    if grantable_in_project(roles, mine).is_empty() {
        Err(Refusal::NotProjectOwner)
    } else {
        Ok(())
    }
}

/// Checks that the holder of `roles` in the organization and of `mine` in the project may give
/// `promised` in it to somebody, or promise that.
///
/// # Errors
/// [`Refusal::NoRoles`]; [`Refusal::NotProjectOwner`]; [`Refusal::ProjectRoleAboveCeiling`] names
/// what is too high.
pub fn may_grant_in_project(
    roles: RoleSet,
    mine: RoleSet<ProjectRole>,
    promised: RoleSet<ProjectRole>,
) -> Result<(), Refusal> {
    if promised.is_empty() {
        return Err(Refusal::NoRoles);
    }
    may_manage_project(roles, mine)?;
    let above = promised.minus(grantable_in_project(roles, mine));
    if above.is_empty() {
        Ok(())
    } else {
        Err(Refusal::ProjectRoleAboveCeiling { roles: above })
    }
}

/// Checks that a person may be invited with this authentication type by the holder of `roles`.
///
/// Only an owner may invite a person with a local account to an organization that has single
/// sign-on (documented for `confluent_invitation`).
///
/// # Errors
/// [`Refusal::LocalIntoSso`].
pub fn may_invite_to_sign_in(
    roles: RoleSet,
    organization: &Organization,
    auth_type: AuthType,
) -> Result<(), Refusal> {
    if auth_type == AuthType::Local && organization.sso_enabled && !roles.contains(Role::Owner) {
        return Err(Refusal::LocalIntoSso);
    }
    Ok(())
}

/// Checks that the holder of `roles` may change or end the membership of somebody with `theirs`:
/// nobody may touch a role that they could not grant.
///
/// # Errors
/// [`Refusal::NotPermitted`] or [`Refusal::RoleAboveCeiling`].
pub fn may_manage_member(roles: RoleSet, theirs: RoleSet) -> Result<(), Refusal> {
    require(roles, Permission::ManageMembers)?;
    let above = theirs.minus(roles.grantable());
    if above.is_empty() {
        Ok(())
    } else {
        Err(Refusal::RoleAboveCeiling { roles: above })
    }
}

/// Single sign-on if the organization has it, a local account otherwise.
#[must_use]
pub const fn default_auth_type(organization: &Organization) -> AuthType {
    if organization.sso_enabled {
        AuthType::Sso
    } else {
        AuthType::Local
    }
}

/// The authentication type that suits the organization, as near to what was asked for as
/// [`may_invite_to_sign_in`] allows the holder of `roles`.
#[must_use]
pub fn fitting_auth_type(roles: RoleSet, organization: &Organization, asked: AuthType) -> AuthType {
    if organization.sso_enabled && roles.contains(Role::Owner) {
        asked
    } else {
        default_auth_type(organization)
    }
}

/// Checks that taking an owner away leaves one.
///
/// # Errors
/// [`Refusal::LastOwner`].
pub fn may_lose_owner(theirs: RoleSet, owners: i64) -> Result<(), Refusal> {
    if theirs.contains(Role::Owner) && owners <= 1 {
        Err(Refusal::LastOwner)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::organization::Lifetimes;
    use crate::time::Timestamp;

    fn organization(sso_enabled: bool) -> Organization {
        let now = Timestamp::from_seconds(0);
        Organization {
            id: Id::from_bytes([1; 12]),
            name: "Acme".into(),
            sso_enabled,
            lifetimes: Lifetimes::default(),
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    fn single_roles() -> impl Iterator<Item = RoleSet> {
        RoleSet::<Role>::every()
            .iter()
            .map(|role| RoleSet::of(&[role]))
    }

    #[test]
    fn only_an_owner_invites_local_people_to_an_organization_with_sso() {
        let admin = RoleSet::of(&[Role::UserAdmin]);
        let owner = RoleSet::of(&[Role::Owner]);
        let (sso, none) = (organization(true), organization(false));
        assert_eq!(
            may_invite_to_sign_in(admin, &sso, AuthType::Local),
            Err(Refusal::LocalIntoSso)
        );
        assert_eq!(may_invite_to_sign_in(admin, &sso, AuthType::Sso), Ok(()));
        assert_eq!(may_invite_to_sign_in(owner, &sso, AuthType::Local), Ok(()));
        assert_eq!(may_invite_to_sign_in(admin, &none, AuthType::Local), Ok(()));
    }

    #[test]
    fn the_default_authentication_type_follows_single_sign_on() {
        assert_eq!(default_auth_type(&organization(true)), AuthType::Sso);
        assert_eq!(default_auth_type(&organization(false)), AuthType::Local);
    }

    #[test]
    fn a_fitting_authentication_type_is_what_may_be_invited_with() {
        for sso in [false, true] {
            for mine in [Role::UserAdmin, Role::Owner].map(|role| RoleSet::of(&[role])) {
                for asked in [AuthType::Local, AuthType::Sso] {
                    let organization = organization(sso);
                    let fitting = fitting_auth_type(mine, &organization, asked);
                    assert_eq!(may_invite_to_sign_in(mine, &organization, fitting), Ok(()));
                    assert!(sso || fitting == AuthType::Local);
                }
            }
        }
        let owner = RoleSet::of(&[Role::Owner]);
        let local = fitting_auth_type(owner, &organization(true), AuthType::Local);
        assert_eq!(local, AuthType::Local, "an owner gets what was asked for");
    }

    #[test]
    fn sec_s10_inviting_never_yields_more_than_the_inviter_could_grant() {
        for mine in single_roles() {
            for promised in single_roles() {
                let allowed = may_promise(mine, promised).is_ok();
                let within = promised.minus(mine.grantable()).is_empty();
                assert!(!allowed || within, "{mine:?} -> {promised:?}");
            }
        }
    }

    #[test]
    fn sec_s10_only_owners_let_people_into_a_project() {
        let promised = RoleSet::of(&[ProjectRole::ReadOnly]);
        for mine in single_roles() {
            for role in RoleSet::<ProjectRole>::every().iter() {
                let owner = mine.contains(Role::Owner) || role == ProjectRole::Owner;
                let here = RoleSet::of(&[role]);
                let expected = if owner {
                    Ok(())
                } else {
                    Err(Refusal::NotProjectOwner)
                };
                assert_eq!(may_manage_project(mine, here), expected);
                assert_eq!(may_grant_in_project(mine, here, promised), expected);
            }
        }
        let owner = RoleSet::of(&[Role::Owner]);
        let none = RoleSet::NONE;
        assert_eq!(
            may_grant_in_project(owner, none, none),
            Err(Refusal::NoRoles)
        );
    }

    #[test]
    fn sec_s12_a_demoted_inviter_promises_nothing_any_more() {
        let member = RoleSet::of(&[Role::Member]);
        assert_eq!(
            may_still_promise(member, member),
            Err(Refusal::InviterLostRights)
        );
        assert_eq!(
            may_still_promise(RoleSet::NONE, member),
            Err(Refusal::InviterLostRights)
        );
        assert_eq!(
            may_still_promise(RoleSet::of(&[Role::UserAdmin]), member),
            Ok(())
        );
    }

    #[test]
    fn an_admin_cannot_touch_an_owner_and_the_last_owner_stays() {
        let admin = RoleSet::of(&[Role::UserAdmin]);
        let owner = RoleSet::of(&[Role::Owner]);
        assert_eq!(
            may_manage_member(admin, owner),
            Err(Refusal::RoleAboveCeiling { roles: owner })
        );
        assert_eq!(may_lose_owner(owner, 1), Err(Refusal::LastOwner));
        assert_eq!(may_lose_owner(owner, 2), Ok(()));
        assert_eq!(may_lose_owner(admin, 1), Ok(()));
    }
}
