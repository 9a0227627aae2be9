//! How promised project roles stand in one column of `invitations`.
//!
//! `PROJECT:ROLES:KIND:ID` for each, joined by semicolons: the project, its roles joined by commas,
//! and who promised them. They are written and read with their invitation only, so a table of their
//! own would buy nothing but more reads.

use vestibule_core::Id;
use vestibule_core::key::Principal;
use vestibule_core::project::{ProjectGrant, ProjectPromise};
use vestibule_core::role::RoleSet;

/// The column's text.
pub(super) fn spelled(promises: &[ProjectPromise]) -> String {
    let one = |promise: &ProjectPromise| {
        format!(
            "{}:{}:{}:{}",
            promise.grant.project.to_hex(),
            promise.grant.roles.to_names(),
            promise.by.kind_name(),
            promise.by.id_hex()
        )
    };
    promises.iter().map(one).collect::<Vec<_>>().join(";")
}

/// Reads what [`spelled`] wrote.
pub(super) fn parsed(text: &str) -> Option<Vec<ProjectPromise>> {
    text.split(';')
        .filter(|one| !one.is_empty())
        .map(|one| {
            let [project, roles, kind, id] = one.split(':').collect::<Vec<_>>().try_into().ok()?;
            Some(ProjectPromise {
                grant: ProjectGrant {
                    project: Id::from_hex(project)?,
                    roles: RoleSet::from_names(roles).filter(|roles| !roles.is_empty())?,
                },
                by: Principal::from_stored(kind, id)?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vestibule_core::project::ProjectRole;

    #[test]
    fn promises_read_back_and_nothing_else_does() {
        let promise = |n, by| ProjectPromise {
            grant: ProjectGrant {
                project: Id::from_bytes([n; 12]),
                roles: RoleSet::of(&[ProjectRole::Owner, ProjectRole::ReadOnly]),
            },
            by,
        };
        let promises = [
            promise(1, Principal::User(Id::from_bytes([7; 12]))),
            promise(2, Principal::ServiceAccount(Id::from_bytes([8; 12]))),
        ];
        let text = spelled(&promises);
        insta::assert_snapshot!(text, @"010101010101010101010101:owner,read_only:user:070707070707070707070707;020202020202020202020202:owner,read_only:service_account:080808080808080808080808");
        assert_eq!(parsed(&text), Some(promises.to_vec()));
        assert_eq!(parsed(""), Some(Vec::new()));
        for wrong in [
            "x",
            "x:owner:user:x",
            &text.replace("owner", "king"),
            &text.replace("owner,read_only", ""),
        ] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
