//! Mail: what an invitation's mail says, and the ways to hand it over.
//!
//! Owns [`Mailer`] with its transports. Must not decide who is mailed when (that is `jobs` and
//! [`crate::ops::mail`]), must not touch the store, and must not write addresses or links to logs.

mod compose;
mod deliver;
mod directory;
mod memory;
mod render;
mod sender;
mod smtp;
mod stored;
mod words;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use vestibule_core::Timestamp;

use crate::ops::acceptance::Invited;

pub use compose::{Composed, NotComposed};
pub use deliver::{Later, NotDelivered};
pub use directory::Directory;
pub use memory::Memory;
pub(crate) use render::remaining;
pub use render::{Mail, NotRendered};
pub(crate) use sender::answer_page;
pub use sender::{Sender, SenderError};
pub use smtp::{Smtp, SmtpConfig, SmtpConfigError, SmtpSecurity};
pub use stored::{Shown, Stored};

/// Renders mails and hands them over. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    parts: Arc<Parts>,
}

struct Parts {
    transport: Transport,
    sender: Sender,
    templates: render::Templates,
}

/// The way a mail leaves.
pub enum Transport {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a directory, one `.eml` file a mail.
    File(Directory),
    /// Into memory, for tests and for `/dev/mail`.
    Memory(Memory),
    /// Not at all: mail waits in the outbox until it is switched on.
    Off,
}

impl Mailer {
    /// A mailer that sends nothing; mail waits in the outbox.
    #[must_use]
    pub fn off() -> Self {
        Self::new(Transport::Off, Sender::nobody())
    }

    /// A mailer with this transport, writing as `sender`.
    #[must_use]
    pub fn new(transport: Transport, sender: Sender) -> Self {
        Self {
            parts: Arc::new(Parts {
                transport,
                sender,
                templates: render::Templates::default(),
            }),
        }
    }

    /// Whether mail is sent at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !matches!(self.parts.transport, Transport::Off)
    }

    /// How many mails may be handed over at once.
    #[must_use]
    pub fn concurrency(&self) -> NonZeroUsize {
        match &self.parts.transport {
            Transport::Smtp(smtp) => smtp.connections(),
            Transport::File(_) | Transport::Memory(_) | Transport::Off => NonZeroUsize::MIN,
        }
    }

    /// How long handing over one mail may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        match &self.parts.transport {
            Transport::Smtp(smtp) => smtp.timeout(),
            Transport::File(_) | Transport::Memory(_) | Transport::Off => Duration::from_secs(1),
        }
    }

    /// The mail of an invitation: `token` is its current accept token.
    ///
    /// # Errors
    /// [`NotRendered`]: a template is damaged.
    pub fn render(
        &self,
        invited: &Invited,
        token: &str,
        now: Timestamp,
    ) -> Result<Mail, NotRendered> {
        let sender = &self.parts.sender;
        self.parts.templates.render(invited, token, sender, now)
    }

    /// The mail as it goes over the wire, dated `now`.
    ///
    /// # Errors
    /// [`NotComposed`]: the address cannot stand in a mail.
    pub fn compose(&self, mail: &Mail, now: Timestamp) -> Result<Composed, NotComposed> {
        compose::compose(mail, &self.parts.sender, now)
    }

    /// Hands a mail over.
    ///
    /// # Errors
    /// [`NotDelivered`], which says whether trying again makes sense. Its words hold no address.
    pub async fn deliver(&self, mail: Composed) -> Result<(), NotDelivered> {
        match &self.parts.transport {
            Transport::Smtp(smtp) => smtp.deliver(&mail).await,
            Transport::File(directory) => directory.deliver(mail).await,
            Transport::Memory(memory) => {
                memory.deliver(mail);
                Ok(())
            }
            Transport::Off => Err(NotDelivered::Later(Later::SwitchedOff)),
        }
    }

    /// Lets go of what is only worth keeping while there is mail to send.
    pub async fn rest(&self) {
        if let Transport::Smtp(smtp) = &self.parts.transport {
            smtp.rest().await;
        }
    }

    /// Forgets the mails that were handed over so far, as far as the transport keeps them.
    pub async fn forget(&self) {
        match &self.parts.transport {
            Transport::File(directory) => directory.forget().await,
            Transport::Memory(memory) => memory.forget(),
            Transport::Smtp(_) | Transport::Off => {}
        }
    }

    /// The mails that were handed over so far, oldest first, as far as the transport keeps them;
    /// `None` if it keeps none.
    ///
    /// # Errors
    /// What the operating system says about the directory.
    pub async fn stored(&self) -> std::io::Result<Option<Vec<Stored>>> {
        match &self.parts.transport {
            Transport::File(directory) => directory.stored().await.map(Some),
            Transport::Memory(memory) => Ok(Some(memory.stored())),
            Transport::Smtp(_) | Transport::Off => Ok(None),
        }
    }
}
