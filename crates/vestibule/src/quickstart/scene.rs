//! What the quickstart needs on the server: an organization, keys of each kind, two teams.
//!
//! Owns making what is missing and finding what is there: a second run uses the first one's.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use vestibule_core::invitation::{Invitation, State};
use vestibule_core::key::{ApiKey, KeyKind};
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::team::Team;
use vestibule_core::{Id, Refusal};
use vestibule_server::ops::{invitations, keys, teams};
use vestibule_server::{Actor, App, AppError, Ctx};
use vestibule_wire::native;

use crate::config::Config;
use crate::start;

/// Names of the file that keeps the organization's id, and of the two teams.
const ORGANIZATION_FILE: &str = "organization";
const TEAMS: [&str; 2] = ["Engineering", "Support"];

/// What is on the server before anybody is invited.
pub(crate) struct Scene {
    /// The organization's native id.
    pub(crate) organization: String,
    /// The organization's Atlas id.
    pub(crate) atlas_organization: String,
    /// The owner's native key.
    pub(crate) owner_secret: String,
    /// A Confluent Cloud API key: its id and its secret.
    pub(crate) confluent: (String, String),
    /// An Atlas programmatic API key: its public and its private half.
    pub(crate) atlas: (String, String),
    /// The Atlas ids of two teams.
    pub(crate) teams: Vec<String>,
    owner: Ctx,
}

impl Scene {
    /// Finds or makes all of it, and writes the owner's key into the file `env`.
    ///
    /// # Errors
    /// If something can neither be found nor made.
    pub(crate) async fn set(app: &App, config: &Config, data_dir: &Path) -> anyhow::Result<Self> {
        let id_file = data_dir.join(ORGANIZATION_FILE);
        if let Some(first) = start::first_start(app, config).await? {
            fs::write(&id_file, first.organization.id.to_native())
                .with_context(|| format!("cannot write {}", id_file.display()))?;
        }
        let id = fs::read_to_string(&id_file).with_context(|| {
            format!(
                "{} is missing: this data was not made by the quickstart",
                id_file.display()
            )
        })?;
        let organization: Id<Organization> =
            Id::from_native(id.trim()).context("the organization's id is not readable")?;
        let owner_key = owner_key(app, organization).await?;
        let owner_secret = secret(app, &owner_key)?;
        let ctx = app.ctx(
            Actor::Key(Arc::new(owner_key)),
            organization,
            Dialect::Native,
            "quickstart".to_owned(),
        );
        let scene = Self {
            organization: organization.to_native(),
            atlas_organization: organization.to_hex(),
            confluent: key(app, &ctx, KeyKind::Confluent, "Quickstart, Confluent").await?,
            atlas: key(app, &ctx, KeyKind::Atlas, "Quickstart, Atlas").await?,
            teams: team_ids(app, &ctx).await?,
            owner_secret,
            owner: ctx,
        };
        scene.write_env(data_dir, &config.settings.public_url)?;
        Ok(scene)
    }

    fn write_env(&self, data_dir: &Path, url: &str) -> anyhow::Result<()> {
        let path = data_dir.join("env");
        let text = format!(
            "export VESTIBULE_SERVER={url}\nexport VESTIBULE_KEY={}\n",
            self.owner_secret
        );
        start::replace_private(&path, &text)
    }

    /// An invitee whose invitation is open, and the token that answers it: of the invitations that
    /// were made through Atlas' API if there is one, because their acceptance is what the next plan
    /// has to say something about.
    ///
    /// # Errors
    /// If the invitations cannot be read.
    pub(crate) async fn first_open(
        &self,
        app: &App,
        invitations: &[native::Invitation],
    ) -> anyhow::Result<Option<(String, String)>> {
        let open: Vec<Id<Invitation>> = invitations
            .iter()
            .filter(|i| i.state == native::InvitationState::Sent)
            .filter_map(|i| Id::from_native(&i.id))
            .collect();
        let ctx = self.owner.clone();
        let mut open = app
            .read(ctx, move |tx, ctx| {
                open.iter()
                    .map(|id| invitations::load(tx, ctx, *id))
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        open.retain(|invitation| invitation.state == State::Sent);
        open.sort_by_key(|invitation| invitation.dialect != Dialect::Atlas);
        Ok(open.first().and_then(|invitation| {
            let token = app.keys().accept_token(invitation)?;
            Some((invitation.email.display().to_owned(), token))
        }))
    }
}

/// The key that the first owner got.
async fn owner_key(app: &App, organization: Id<Organization>) -> anyhow::Result<ApiKey> {
    let ctx = app.ctx(
        Actor::System,
        organization,
        Dialect::Native,
        "quickstart".to_owned(),
    );
    let now = ctx.now;
    let all = app
        .read(ctx, |tx, ctx| keys::list(tx, ctx, None, u32::MAX))
        .await?;
    all.into_iter()
        .find(|key| key.kind == KeyKind::Native && key.is_usable(now))
        .context("the owner has no usable key any more; start over with another --data-dir")
}

async fn key(
    app: &App,
    ctx: &Ctx,
    kind: KeyKind,
    name: &'static str,
) -> anyhow::Result<(String, String)> {
    let key = app
        .write(ctx.clone(), move |tx, ctx| {
            let known = keys::list(tx, ctx, None, u32::MAX)?
                .into_iter()
                .find(|key| key.name == name && key.is_usable(ctx.now));
            if let Some(known) = known {
                return Ok(known);
            }
            let new = keys::NewKey {
                kind,
                name: name.to_owned(),
                service_account_roles: None,
                expires_at: None,
            };
            keys::create(tx, ctx, &new)
        })
        .await?;
    let secret = secret(app, &key)?;
    Ok((key.public_id, secret))
}

fn secret(app: &App, key: &ApiKey) -> anyhow::Result<String> {
    app.keys()
        .api_secret(key)
        .context("the key ring is not the one this data was made with")
}

async fn team_ids(app: &App, ctx: &Ctx) -> anyhow::Result<Vec<String>> {
    let made = app
        .write(ctx.clone(), |tx, ctx| {
            for name in TEAMS {
                match teams::create(tx, ctx, name, &[]) {
                    Ok(_) | Err(AppError::Refused(Refusal::TeamNameTaken)) => {}
                    Err(other) => return Err(other),
                }
            }
            teams::list(tx, ctx, None, u32::MAX)
        })
        .await?;
    Ok(made.iter().map(|team: &Team| team.id.to_hex()).collect())
}
