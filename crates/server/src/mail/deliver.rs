//! Why a mail was not handed over. Owns the words for the operator, which never hold an address.

/// Why a mail was not handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDelivered {
    /// It may go better later.
    #[error(transparent)]
    Later(#[from] Later),
    /// The recipient's side will never take it.
    #[error("the mail server refused {step} for good ({reply})")]
    Refused {
        /// At which step.
        step: &'static str,
        /// The server's code, with its enhanced code if it gave one.
        reply: String,
    },
    /// The address needs what the mail server cannot do.
    #[error(
        "the part of the address before the @ has letters outside of ASCII, and the mail server \
         does not support such addresses (SMTPUTF8)"
    )]
    NeedsSmtpUtf8,
}

/// Why a mail was not handed over this time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Later {
    /// No answer in time.
    #[error("the mail server did not answer in time")]
    TimedOut,
    /// No connection, or it broke.
    #[error("the connection to the mail server failed {during}")]
    Connection {
        /// At which step.
        during: &'static str,
    },
    /// The server answered that it cannot, or will not, for a reason that is not the recipient.
    #[error("the mail server refused {step} ({reply})")]
    Answer {
        /// At which step.
        step: &'static str,
        /// The server's code, with its enhanced code if it gave one.
        reply: String,
    },
    /// The server cannot encrypt, which the settings ask for; or its certificate is not trusted.
    #[error("no encrypted connection to the mail server: {reason}")]
    Encryption {
        /// What is missing.
        reason: &'static str,
    },
    /// The directory for mails could not be written.
    #[error("the mail could not be written to its directory ({0:?})")]
    Directory(std::io::ErrorKind),
    /// Mail is switched off.
    #[error("mail is switched off")]
    SwitchedOff,
}
