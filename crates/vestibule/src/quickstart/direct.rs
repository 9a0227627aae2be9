//! The quickstart's invitations without Terraform, through the client that the provider uses.

use vestibule_client::atlas::{self, Atlas};
use vestibule_client::confluent::{self, Confluent};
use vestibule_client::{Error, Secret};
use vestibule_wire::atlas::OrgInvitationRequest;
use vestibule_wire::confluent::InvitationCreate;

use super::scene::Scene;
use crate::commands::settings;
use crate::output;

/// Makes the invitations that the Terraform code describes; what exists already is left as it is.
///
/// # Errors
/// If one is refused for another reason.
pub(crate) async fn invite(url: &str, scene: &Scene) -> anyhow::Result<()> {
    let confluent = Confluent::new(
        url,
        &confluent::Credentials::ApiKey {
            key: scene.confluent.0.clone(),
            secret: Secret::new(scene.confluent.1.clone()),
        },
        settings(),
    )?;
    for (email, auth_type) in [
        ("Ada.Lovelace@quickstart.example", None),
        ("bob@quickstart.example", Some("AUTH_TYPE_LOCAL")),
    ] {
        let create = InvitationCreate {
            email: Some(email.to_owned()),
            auth_type: auth_type.map(ToOwned::to_owned),
        };
        told(email, confluent.create_invitation(&create).await.map(drop))?;
    }
    let atlas = Atlas::new(
        url,
        &atlas::Credentials::ApiKey {
            public_key: scene.atlas.0.clone(),
            private_key: Secret::new(scene.atlas.1.clone()),
        },
        settings(),
    )?;
    let people = [
        ("carol@quickstart.example", vec!["ORG_OWNER"], Vec::new()),
        (
            "dave@quickstart.example",
            vec!["ORG_MEMBER", "ORG_BILLING_ADMIN"],
            Vec::new(),
        ),
        (
            "erin@quickstart.example",
            vec!["ORG_MEMBER"],
            scene.teams.clone(),
        ),
    ];
    for (username, roles, teams) in people {
        let request = OrgInvitationRequest {
            username: Some(username.to_owned()),
            roles: Some(roles.into_iter().map(ToOwned::to_owned).collect()),
            team_ids: Some(teams),
            ..OrgInvitationRequest::default()
        };
        let made = atlas
            .create_org_invitation(&scene.atlas_organization, &request)
            .await;
        told(username, made.map(drop))?;
    }
    Ok(())
}

fn told(email: &str, made: Result<(), Error>) -> anyhow::Result<()> {
    match made {
        Ok(()) => output::progress(&format!("Invited {email}.")),
        Err(error) if exists_already(&error) => {
            output::progress(&format!("{email} is invited or a member already."));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn exists_already(error: &Error) -> bool {
    matches!(
        error.code(),
        Some("resource_already_exists" | "USER_ALREADY_INVITED" | "USER_ALREADY_IN_ORG")
    )
}
