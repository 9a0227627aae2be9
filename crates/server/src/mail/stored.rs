//! A mail that was handed over, read again from its bytes: for tests and for `/dev/mail`.

use mail_parser::{Address, MessageParser, MimeHeaders};

/// A mail as it was handed over.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What names it: a number, or a file's name without its extension.
    pub name: String,
    /// The mail with its headers.
    pub bytes: Vec<u8>,
}

/// What a person sees of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `From`.
    pub from: String,
    /// `To`.
    pub to: String,
    /// `Subject`.
    pub subject: String,
    /// `Date`, as RFC 3339.
    pub date: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl Stored {
    /// Reads the mail; `None` if its bytes are no mail.
    #[must_use]
    pub fn shown(&self) -> Option<Shown> {
        let message = MessageParser::default().parse(&self.bytes)?;
        let part = |kind: &str| {
            let part = message
                .parts
                .iter()
                .find(|part| part.is_content_type("text", kind))?;
            // A text part's line ends are the mail's; nobody who reads it wants them.
            Some(part.text_contents()?.replace("\r\n", "\n"))
        };
        Some(Shown {
            from: addresses(message.from()),
            to: addresses(message.to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            date: message
                .date()
                .map(|date| date.to_rfc3339())
                .unwrap_or_default(),
            text: part("plain").unwrap_or_default(),
            html: part("html").unwrap_or_default(),
        })
    }
}

fn addresses(found: Option<&Address<'_>>) -> String {
    let one = |mailbox: &mail_parser::Addr<'_>| {
        let address = mailbox.address().unwrap_or_default();
        mailbox
            .name()
            .map_or_else(|| address.to_owned(), |name| format!("{name} <{address}>"))
    };
    found.map_or_else(String::new, |list| {
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    })
}
