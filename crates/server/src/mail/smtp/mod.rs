//! Mails to a mail server. Owns the dialogue, its connections, and the verdict of an answer.
//!
//! The commands and TLS are lettre's. Its pool is not used: a connection whose mail was given up in
//! mid-dialogue goes back into it, and the next mail would take the late answer to the earlier one
//! for its own. Here a connection belongs to one mail until that mail's fate is known.

mod config;
mod verdict;

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::authentication::{DEFAULT_MECHANISMS, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use super::compose::Composed;
use super::deliver::{Later, NotDelivered};
use verdict::{Step, verdict};

pub use config::{SmtpConfig, SmtpConfigError, SmtpSecurity};

/// The longest that handing over one mail may take.
pub(super) const MAX_TIMEOUT: Duration = Duration::from_secs(60);

/// A mail server.
pub struct Smtp(Box<Parts>);

struct Parts {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    hello: ClientId,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl Smtp {
    /// The mail server of this configuration. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SmtpConfigError`] if a certificate to trust is none.
    pub fn new(config: SmtpConfig) -> Result<Self, SmtpConfigError> {
        let tls = config.tls()?;
        let hello = config
            .hello_name
            .clone()
            .map_or_else(ClientId::default, ClientId::Domain);
        Ok(Self(Box::new(Parts {
            config,
            tls,
            hello,
            idle: Mutex::default(),
        })))
    }

    pub(super) fn connections(&self) -> NonZeroUsize {
        self.0.config.connections
    }

    pub(super) fn timeout(&self) -> Duration {
        self.0.config.timeout
    }

    pub(super) async fn deliver(&self, mail: &Composed) -> Result<(), NotDelivered> {
        let dialogue = tokio::time::timeout(self.0.config.timeout, self.dialogue(mail));
        dialogue
            .await
            .unwrap_or_else(|_too_late| Err(Later::TimedOut.into()))
    }

    /// Ends the connections that wait for more mail.
    pub(super) async fn rest(&self) {
        let idle = std::mem::take(&mut *self.0.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for mut connection in idle {
            let farewell = tokio::time::timeout(Duration::from_secs(1), connection.quit());
            // Whoever does not say goodbye is left all the same.
            let _answered = farewell.await;
        }
    }

    async fn dialogue(&self, mail: &Composed) -> Result<(), NotDelivered> {
        let mut connection = match self.living().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let outcome = transact(&mut connection, mail).await;
        let is_in_step = match &outcome {
            Ok(()) => true,
            Err((_, answered)) => *answered && connection.command(Rset).await.is_ok(),
        };
        if is_in_step {
            let mut idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
            if idle.len() < self.0.config.connections.get() {
                idle.push(connection);
            }
        }
        outcome.map_err(|(why, _)| why)
    }

    /// A connection of an earlier mail, if its server still listens.
    async fn living(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut idle = self
                .0
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop()?;
            if idle.test_connected().await {
                return Some(idle);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, NotDelivered> {
        let config = &self.0.config;
        let wrapped = match config.security {
            SmtpSecurity::Tls => self.0.tls.clone(),
            SmtpSecurity::StartTls | SmtpSecurity::None => None,
        };
        let address = (config.host.as_str(), config.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            address,
            Some(config.timeout),
            &self.0.hello,
            wrapped,
            None,
        );
        let mut connection = connecting
            .await
            .map_err(|error| verdict(Step::Connect, &error))?;
        if config.security == SmtpSecurity::StartTls
            && let Some(tls) = &self.0.tls
        {
            if !connection.can_starttls() {
                let reason = "it does not offer STARTTLS";
                return Err(Later::Encryption { reason }.into());
            }
            let encrypted = connection.starttls(tls.clone(), &self.0.hello).await;
            encrypted.map_err(|error| verdict(Step::Encrypt, &error))?;
        }
        if let Some(credentials) = &config.credentials {
            let mechanisms: &[Mechanism] = DEFAULT_MECHANISMS;
            let signed_in = connection.auth(mechanisms, credentials).await;
            signed_in.map_err(|error| verdict(Step::SignIn, &error))?;
        }
        Ok(connection)
    }
}

/// Sends one mail. A failure says whether the server answered, so that the connection can go on.
async fn transact(
    connection: &mut AsyncSmtpConnection,
    mail: &Composed,
) -> Result<(), (NotDelivered, bool)> {
    let mut parameters = Vec::new();
    let envelope = &mail.envelope;
    let is_ascii = |address: &lettre::Address| AsRef::<str>::as_ref(address).is_ascii();
    if !envelope.to().iter().chain(envelope.from()).all(is_ascii) {
        let server = connection.server_info();
        let is_able = server.supports_feature(Extension::SmtpUtfEight)
            && server.supports_feature(Extension::EightBitMime);
        if !is_able {
            return Err((NotDelivered::NeedsSmtpUtf8, true));
        }
        parameters.push(MailParameter::SmtpUtfEight);
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let failed = |step| {
        move |error: lettre::transport::smtp::Error| {
            (verdict(step, &error), error.status().is_some())
        }
    };
    let sender = Mail::new(envelope.from().cloned(), parameters);
    connection
        .command(sender)
        .await
        .map_err(failed(Step::Sender))?;
    for recipient in envelope.to() {
        let recipient = Rcpt::new(recipient.clone(), Vec::new());
        let answer = connection.command(recipient).await;
        answer.map_err(failed(Step::Recipient))?;
    }
    connection.command(Data).await.map_err(failed(Step::Data))?;
    let answer = connection.message(&mail.bytes).await;
    answer.map_err(failed(Step::Content))?;
    Ok(())
}
