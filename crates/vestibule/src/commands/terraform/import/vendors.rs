//! Invitations of the vendors' APIs: of their clouds, or of a Vestibule server.

use anyhow::Context;
use vestibule_client::atlas::{self, Atlas};
use vestibule_client::confluent::{self, Confluent, InvitationFilter};
use vestibule_client::{Error, ErrorKind, Secret};
use vestibule_wire::atlas::OrgInvitation;
use vestibule_wire::confluent::{Invitation, STATUS_SENT, STATUS_STAGED};

use super::super::super::client::settings;
use super::super::snippet::{Names, Resource, list, quoted};
use super::Written;

/// Flags of `import confluent`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfluentArgs {
    /// The API's address
    #[arg(long, default_value = confluent::DEFAULT_BASE_URL, value_name = "URL")]
    endpoint: String,
    /// The Cloud API key
    #[arg(long, env = "CONFLUENT_CLOUD_API_KEY", hide_env_values = true)]
    cloud_api_key: String,
    /// Its secret; better given as a variable than on the command line
    #[arg(long, env = "CONFLUENT_CLOUD_API_SECRET", hide_env_values = true)]
    cloud_api_secret: String,
    /// Also those that were accepted, expired or ended
    #[arg(long)]
    all: bool,
}

/// Flags of `import mongodbatlas`.
#[derive(Debug, clap::Args)]
pub(crate) struct AtlasArgs {
    /// The API's address
    #[arg(
        long,
        env = "MONGODB_ATLAS_BASE_URL",
        default_value = atlas::DEFAULT_BASE_URL,
        value_name = "URL"
    )]
    base_url: String,
    /// The organization's id, 24 hexadecimal digits
    #[arg(long, env = "MONGODB_ATLAS_ORG_ID", value_name = "ID")]
    org_id: String,
    /// The public half of an API key
    #[arg(long, env = "MONGODB_ATLAS_PUBLIC_API_KEY", hide_env_values = true)]
    public_key: String,
    /// Its private half; better given as a variable than on the command line
    #[arg(long, env = "MONGODB_ATLAS_PRIVATE_API_KEY", hide_env_values = true)]
    private_key: String,
}

pub(super) async fn of_confluent(args: ConfluentArgs) -> anyhow::Result<Written> {
    let credentials = confluent::Credentials::ApiKey {
        key: args.cloud_api_key,
        secret: Secret::new(args.cloud_api_secret),
    };
    let client = Confluent::new(&args.endpoint, &credentials, settings())
        .with_context(|| is_no_address(&args.endpoint, "--endpoint"))?;
    let mut invitations = client
        .list_invitations(&InvitationFilter::default())
        .await
        .map_err(|error| cannot_list(error, "--endpoint", "--cloud-api-key"))?;
    invitations.retain(|one| args.all || is_open(one));
    Ok(confluent(&invitations))
}

fn is_no_address(text: &str, flag: &str) -> String {
    format!("{text:?} is no API's address\nhint: give {flag} a URL that begins with https://")
}

/// Says what to do with these commands' own flags, which are others than those of the rest.
fn cannot_list(error: Error, address: &str, key: &str) -> anyhow::Error {
    let hint = match error.kind() {
        ErrorKind::Unauthenticated => {
            format!("\nhint: give a valid key with {key}; `--help` names the variables, too")
        }
        ErrorKind::Transport => format!("\nhint: is the address right? {address} names another"),
        _ => String::new(),
    };
    anyhow::Error::new(error).context(format!("the invitations cannot be listed{hint}"))
}

fn is_open(invitation: &Invitation) -> bool {
    [STATUS_SENT, STATUS_STAGED].contains(&invitation.status.as_str())
}

fn confluent(invitations: &[Invitation]) -> Written {
    let mut names = Names::default();
    let mut written = Written::default();
    for one in invitations {
        let name = names.of(&one.email, &one.id);
        let mut resource = Resource::new("confluent_invitation", &name, &one.id);
        resource.argument("email", quoted(&one.email));
        if let Some(auth_type) = &one.auth_type {
            resource.argument("auth_type", quoted(auth_type));
        }
        written.push(&resource);
    }
    written
}

pub(super) async fn of_atlas(args: AtlasArgs) -> anyhow::Result<Written> {
    let credentials = atlas::Credentials::ApiKey {
        public_key: args.public_key,
        private_key: Secret::new(args.private_key),
    };
    let client = Atlas::new(&args.base_url, &credentials, settings())
        .with_context(|| is_no_address(&args.base_url, "--base-url"))?;
    let invitations = client
        .list_org_invitations(&args.org_id, None)
        .await
        .map_err(|error| cannot_list(error, "--base-url", "--public-key"))?;
    Ok(atlas(&args.org_id, &invitations))
}

fn atlas(org_id: &str, invitations: &[OrgInvitation]) -> Written {
    let mut names = Names::default();
    let mut written = Written::default();
    for one in invitations {
        let name = names.of(&one.username, &one.id);
        let id = format!("{org_id}-{}", one.username);
        let mut resource = Resource::new("mongodbatlas_org_invitation", &name, &id);
        resource.argument("org_id", quoted(org_id));
        resource.argument("username", quoted(&one.username));
        resource.argument("roles", list(&one.roles));
        if !one.team_ids.is_empty() {
            resource.argument("teams_ids", list(&one.team_ids));
        }
        written.push(&resource);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_open_invitation_of_confluent_becomes_an_import_and_a_resource() {
        let one = |id: &str, email: &str, status: &str| Invitation {
            id: id.to_owned(),
            email: email.to_owned(),
            status: status.to_owned(),
            auth_type: Some("AUTH_TYPE_LOCAL".to_owned()),
            ..serde_json::from_str(r#"{"id":"","email":""}"#).unwrap()
        };
        let mut all = vec![
            one("i-1", "Ann@example.org", "INVITE_STATUS_SENT"),
            one("i-2", "bob@example.org", "INVITE_STATUS_ACCEPTED"),
        ];
        all.retain(is_open);
        insta::assert_snapshot!(confluent(&all).text, @r#"
        import {
          to = confluent_invitation.ann_example_org
          id = "i-1"
        }

        resource "confluent_invitation" "ann_example_org" {
          email     = "Ann@example.org"
          auth_type = "AUTH_TYPE_LOCAL"
        }
        "#);
    }
}
