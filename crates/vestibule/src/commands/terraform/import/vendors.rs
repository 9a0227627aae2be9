//! `vestibule terraform import`: brings what an organization has under Terraform. Reads the
//! invitations through the API that the provider uses, the vendor's cloud's or a Vestibule server's,
//! and writes one `import` block and one resource for each.
//!
//! Owns the text. Changes nothing anywhere: Terraform imports when it applies what is written.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Context;
use vestibule_client::Secret;
use vestibule_client::atlas::{self, Atlas};
use vestibule_client::confluent::{self, Confluent, InvitationFilter};
use vestibule_wire::atlas::OrgInvitation;
use vestibule_wire::confluent::Invitation;

use super::super::client::settings;
use super::snippet::{list, name, quoted};
use crate::output;

/// What to write for.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// `confluent_invitation`, for the organization of a Cloud API key
    Confluent(ConfluentArgs),
    /// `mongodbatlas_org_invitation`, for an organization of Atlas
    Mongodbatlas(AtlasArgs),
}

/// Flags of `import confluent`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfluentArgs {
    /// The API's address
    #[arg(
        long,
        default_value = "https://api.confluent.cloud",
        value_name = "URL"
    )]
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
        default_value = "https://cloud.mongodb.com",
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

/// Does what an `import` command says.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    let (text, count) = match command {
        Command::Confluent(args) => of_confluent(args).await?,
        Command::Mongodbatlas(args) => of_atlas(args).await?,
    };
    output::data(text.trim_end());
    output::talk(&format!(
        "\n{count} of them. Write this into a .tf file; `terraform plan` shows what it would import."
    ));
    Ok(())
}

async fn of_confluent(args: ConfluentArgs) -> anyhow::Result<(String, usize)> {
    let credentials = confluent::Credentials::ApiKey {
        key: args.cloud_api_key,
        secret: Secret::new(args.cloud_api_secret),
    };
    let client = Confluent::new(&args.endpoint, &credentials, settings())?;
    let mut invitations = client
        .list_invitations(&InvitationFilter::default())
        .await
        .context("the invitations cannot be listed")?;
    invitations.retain(|one| args.all || is_open(one));
    Ok((confluent_text(&invitations), invitations.len()))
}

fn is_open(invitation: &Invitation) -> bool {
    matches!(
        invitation.status.as_str(),
        "INVITE_STATUS_SENT" | "INVITE_STATUS_STAGED"
    )
}

fn confluent_text(invitations: &[Invitation]) -> String {
    let mut taken = BTreeSet::new();
    let mut text = String::new();
    for one in invitations {
        let name = name(&one.email, &mut taken);
        let mut resource = Resource::new("confluent_invitation", &name, &one.id);
        resource.argument("email", &quoted(&one.email));
        if let Some(auth_type) = &one.auth_type {
            resource.argument("auth_type", &quoted(auth_type));
        }
        text.push_str(&resource.finish());
    }
    text
}

async fn of_atlas(args: AtlasArgs) -> anyhow::Result<(String, usize)> {
    let credentials = atlas::Credentials::ApiKey {
        public_key: args.public_key,
        private_key: Secret::new(args.private_key),
    };
    let client = Atlas::new(&args.base_url, &credentials, settings())?;
    let invitations = client
        .list_org_invitations(&args.org_id, None)
        .await
        .context("the invitations cannot be listed")?;
    Ok((atlas_text(&args.org_id, &invitations), invitations.len()))
}

fn atlas_text(org_id: &str, invitations: &[OrgInvitation]) -> String {
    let mut taken = BTreeSet::new();
    let mut text = String::new();
    for one in invitations {
        let name = name(&one.username, &mut taken);
        let id = format!("{org_id}-{}", one.username);
        let mut resource = Resource::new("mongodbatlas_org_invitation", &name, &id);
        resource.argument("org_id", &quoted(org_id));
        resource.argument("username", &quoted(&one.username));
        resource.argument("roles", &list(&sorted(&one.roles)));
        if !one.team_ids.is_empty() {
            resource.argument("teams_ids", &list(&sorted(&one.team_ids)));
        }
        text.push_str(&resource.finish());
    }
    text
}

fn sorted(texts: &[String]) -> BTreeSet<&str> {
    texts.iter().map(String::as_str).collect()
}

/// An `import` block and the resource that it fills.
struct Resource {
    head: String,
    arguments: Vec<(&'static str, String)>,
}

impl Resource {
    fn new(kind: &str, name: &str, id: &str) -> Self {
        let id = quoted(id);
        Self {
            head: format!(
                "import {{\n  to = {kind}.{name}\n  id = {id}\n}}\n\nresource \"{kind}\" \"{name}\" {{\n"
            ),
            arguments: Vec::new(),
        }
    }

    fn argument(&mut self, name: &'static str, value: &str) {
        self.arguments.push((name, value.to_owned()));
    }

    /// The text, with the equals signs below each other as `terraform fmt` wants them.
    fn finish(self) -> String {
        let names = self.arguments.iter().map(|(name, _)| name.len());
        let width = names.max().unwrap_or(0);
        let mut text = self.head;
        for (name, value) in &self.arguments {
            // Writing to a text cannot fail.
            let _written = writeln!(text, "  {name:width$} = {value}");
        }
        text.push_str("}\n\n");
        text
    }
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
        insta::assert_snapshot!(confluent_text(&all), @r#"
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
