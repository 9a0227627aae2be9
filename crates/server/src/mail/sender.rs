//! Who writes the mails. Owns the settings' check; must not know invitations.

use lettre::message::Mailbox;

use crate::settings::Settings;

/// Who writes the mails, and where their links lead.
#[derive(Clone, Debug)]
pub struct Sender {
    pub(super) from: Option<Mailbox>,
    pub(super) reply_to: Option<Mailbox>,
    pub(super) public_url: String,
    pub(super) product: String,
}

/// Why settings do not make a sender. Meant for the operator at start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// An address that is none.
    #[error("{setting} is {value:?}, expected an address such as `Acme <no-reply@acme.example>`")]
    Address {
        /// Which setting.
        setting: &'static str,
        /// What it is.
        value: String,
    },
    /// The address of the server cannot stand in a link.
    #[error("public_url is {value:?}, expected one such as `https://invite.acme.example`")]
    PublicUrl {
        /// What it is.
        value: String,
    },
}

impl Sender {
    /// The sender that the settings name.
    ///
    /// # Errors
    /// [`SenderError`] names the setting and shows what it is.
    pub fn from_settings(settings: &Settings) -> Result<Self, SenderError> {
        let reply_to = settings.mail_reply_to.as_deref();
        let public_url = checked_url(&settings.public_url)?;
        Ok(Self {
            from: Some(mailbox("mail_from", &settings.mail_from)?),
            reply_to: reply_to
                .map(|text| mailbox("mail_reply_to", text))
                .transpose()?,
            public_url,
            product: settings.product_name.clone(),
        })
    }

    /// The sender of a mailer that sends nothing.
    pub(super) const fn nobody() -> Self {
        Self {
            from: None,
            reply_to: None,
            public_url: String::new(),
            product: String::new(),
        }
    }

    /// The host that mails come from, for message ids.
    pub(super) fn domain(&self) -> &str {
        self.from
            .as_ref()
            .map_or("localhost", |from| from.email.domain())
    }

    /// The host under which people reach the server, with its port.
    pub(super) fn host(&self) -> &str {
        self.public_url
            .split_once("://")
            .map_or(self.public_url.as_str(), |(_, host)| host)
    }

    /// The page on which an invitation is answered.
    pub(super) fn link(&self, token: &str) -> String {
        answer_page(&self.public_url, token)
    }
}

/// The page on which an invitation is answered, at a server with this public address.
pub(crate) fn answer_page(public_url: &str, token: &str) -> String {
    format!("{}/invitations/{token}", public_url.trim_end_matches('/'))
}

/// An `http` or `https` address without anything that a link could not go on from.
fn checked_url(text: &str) -> Result<String, SenderError> {
    let wrong = || SenderError::PublicUrl {
        value: text.to_owned(),
    };
    let parsed = url::Url::parse(text).map_err(|_error| wrong())?;
    let is_usable = matches!(parsed.scheme(), "http" | "https")
        && parsed.has_host()
        && parsed.query().is_none()
        && parsed.fragment().is_none()
        && parsed.username().is_empty()
        && text.chars().all(|c| c.is_ascii_graphic());
    if is_usable {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(wrong())
    }
}

fn mailbox(setting: &'static str, value: &str) -> Result<Mailbox, SenderError> {
    let wrong = || SenderError::Address {
        setting,
        value: value.to_owned(),
    };
    if value.chars().any(char::is_control) {
        return Err(wrong());
    }
    value.parse().map_err(|_error| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_that_cannot_write_is_refused_with_the_setting() {
        let refused = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            Sender::from_settings(&settings)
                .expect_err("refused")
                .to_string()
        };
        insta::assert_snapshot!(
            refused(|s| s.mail_from = "Acme".into()),
            @"mail_from is \"Acme\", expected an address such as `Acme <no-reply@acme.example>`"
        );
        insta::assert_snapshot!(
            refused(|s| s.mail_reply_to = Some("a@x.org\r\nBcc: b@x.org".into())),
            @r#"mail_reply_to is "a@x.org\r\nBcc: b@x.org", expected an address such as `Acme <no-reply@acme.example>`"#
        );
        for url in [
            "",
            "acme.example",
            "ftp://acme.example",
            "https://acme.example/?a=b",
            "https://a b",
        ] {
            let mut settings = Settings::default();
            url.clone_into(&mut settings.public_url);
            assert!(Sender::from_settings(&settings).is_err(), "{url:?}");
        }
    }
}
