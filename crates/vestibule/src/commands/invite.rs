//! `vestibule invite`.

use vestibule_wire::native::{
    AuthType, Include, Invitation, InvitationCreate, InvitationQuery, InvitationState,
};

use super::client::Connection;
use crate::output::{self, Format};

/// Subcommands of `invite`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Invite people by address
    Create {
        /// Whom; several addresses are invited one after the other
        #[arg(required = true)]
        emails: Vec<String>,
        /// With which role; may be repeated [default: member]
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// Into which team, by id; may be repeated
        #[arg(long = "team", value_name = "ID")]
        teams: Vec<String>,
        /// How they will sign in [default: what the organization has]
        #[arg(long, value_enum)]
        auth_type: Option<Auth>,
        /// Words to them, at most 500 characters
        #[arg(long)]
        message: Option<String>,
        /// Days that the invitation stays open [default: what the organization has]
        #[arg(long, value_name = "DAYS")]
        expires_in: Option<i64>,
        #[command(flatten)]
        connection: Connection,
    },
    /// List invitations
    List {
        /// Only those in this state
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Only those to this address
        #[arg(long)]
        email: Option<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Send an invitation again: a new link and a new life; the old link dies
    Resend {
        /// Its id
        id: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Withdraw an invitation; its link dies
    Revoke {
        /// Its id
        id: String,
        #[command(flatten)]
        connection: Connection,
    },
}

/// How people sign in.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Auth {
    /// By an account of the service
    Local,
    /// By the organization's single sign-on
    Sso,
}

/// What can have become of an invitation.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum State {
    /// It exists and is not released
    Staged,
    /// It waits for an answer
    Sent,
    /// It was accepted
    Accepted,
    /// Nobody answered in time
    Expired,
    /// It was withdrawn or declined, or the member is gone
    Deactivated,
}

impl From<State> for InvitationState {
    fn from(state: State) -> Self {
        match state {
            State::Staged => Self::Staged,
            State::Sent => Self::Sent,
            State::Accepted => Self::Accepted,
            State::Expired => Self::Expired,
            State::Deactivated => Self::Deactivated,
        }
    }
}

/// Does what an `invite` command says.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create {
            emails,
            roles,
            teams,
            auth_type,
            message,
            expires_in,
            connection,
        } => {
            let (client, organization) = connection.client_and_organization().await?;
            let mut made = Vec::new();
            let mut failed = None;
            for email in emails {
                let create = InvitationCreate {
                    email: email.clone(),
                    roles: roles.clone(),
                    teams: teams.clone(),
                    auth_type: auth_type.map(|auth| match auth {
                        Auth::Local => AuthType::Local,
                        Auth::Sso => AuthType::Sso,
                    }),
                    message: message.clone(),
                    expires_in: expires_in.map(|days| days.saturating_mul(86_400)),
                    ..InvitationCreate::default()
                };
                match client.create_invitation(&organization, &create).await {
                    Ok(invitation) => made.push(invitation),
                    Err(error) => {
                        failed = Some(
                            anyhow::Error::new(error).context(format!("{email} was not invited")),
                        );
                        break;
                    }
                }
            }
            // What was made before a failure is shown: it exists.
            if !made.is_empty() || failed.is_none() {
                show(connection.output, &made)?;
            }
            failed.map_or(Ok(()), Err)
        }
        Command::List {
            state,
            email,
            connection,
        } => {
            let (client, organization) = connection.client_and_organization().await?;
            let query = InvitationQuery {
                state: state.map(Into::into),
                email,
                include: Some(Include::Delivery),
                ..InvitationQuery::default()
            };
            show(
                connection.output,
                &client.all_invitations(&organization, &query).await?,
            )
        }
        Command::Resend { id, connection } => {
            let (client, organization) = connection.client_and_organization().await?;
            show(
                connection.output,
                &[client.resend_invitation(&organization, &id).await?],
            )
        }
        Command::Revoke { id, connection } => {
            let (client, organization) = connection.client_and_organization().await?;
            show(
                connection.output,
                &[client.revoke_invitation(&organization, &id).await?],
            )
        }
    }
}

/// Prints invitations.
pub(crate) fn show(format: Format, invitations: &[Invitation]) -> anyhow::Result<()> {
    let columns = ["id", "email", "state", "mail", "roles", "expires"];
    output::items(format, invitations, &columns, |invitation| {
        let state = invitation.state.as_str();
        let state = match &invitation.reason {
            Some(reason) => format!("{state} ({reason})"),
            None => state.to_owned(),
        };
        let mail = invitation
            .delivery
            .as_ref()
            .map_or_else(String::new, |mail| mail.state.clone());
        vec![
            invitation.id.clone(),
            invitation.email.clone(),
            state,
            mail,
            invitation.roles.join(", "),
            invitation.expires_at.clone(),
        ]
    })
}
