//! The key `mail`: how mail leaves.

use std::path::{Path, PathBuf};

use anyhow::Context;
use vestibule_server::Settings;
use vestibule_server::mail::{Directory, Mailer, Memory, Sender, Smtp, SmtpConfig, Transport};

/// How mail leaves.
#[derive(Debug)]
pub(crate) enum MailConfig {
    /// Into a directory.
    File(PathBuf),
    /// Into memory.
    Memory,
    /// Not at all.
    Off,
    /// To a mail server.
    Smtp(SmtpConfig),
}

impl MailConfig {
    /// Reads the key's value; `file` alone means the directory `mail` in the data directory.
    pub(crate) fn parse(text: &str, data_dir: &Path) -> Option<Self> {
        match text.split_once(':') {
            None if text == "file" => Some(Self::File(data_dir.join("mail"))),
            None if text == "memory" => Some(Self::Memory),
            None if text == "off" => Some(Self::Off),
            Some(("file", path)) if !path.is_empty() => Some(Self::File(path.into())),
            Some(("smtp" | "smtps", _)) => SmtpConfig::parse(text).ok().map(Self::Smtp),
            _ => None,
        }
    }

    /// Whether links leave this machine.
    pub(crate) const fn is_smtp(&self) -> bool {
        matches!(self, Self::Smtp(_))
    }

    /// A mailer that sends this way.
    ///
    /// # Errors
    /// If the mail server's address or the sender is not usable.
    pub(crate) fn mailer(&self, settings: &Settings) -> anyhow::Result<Mailer> {
        let transport = match self {
            Self::File(path) => Transport::File(Directory::new(path.clone())),
            Self::Memory => Transport::Memory(Memory::default()),
            Self::Off => Transport::Off,
            Self::Smtp(config) => Transport::Smtp(
                Smtp::new(config.clone()).context("mail: the mail server is not usable")?,
            ),
        };
        let sender = Sender::from_settings(settings).context("mail_from is not usable")?;
        Ok(Mailer::new(transport, sender))
    }
}
