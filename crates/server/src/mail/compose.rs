//! A mail as it goes over the wire. Owns MIME and the spelling of addresses; must not send.

use std::time::{Duration, UNIX_EPOCH};

use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use lettre::{Address, message};
use vestibule_core::{EmailAddress, Timestamp};

use super::render::Mail;
use super::sender::Sender;

/// A mail, ready to be handed over.
#[derive(Clone)]
pub struct Composed {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
    pub(super) file_stem: String,
    pub(super) dated: Timestamp,
}

impl Composed {
    /// The mail with its headers, lines ended by CRLF.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why there is no mail. The words are for the operator; they hold no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotComposed {
    /// The address is none that mail could be sent to.
    #[error("the address cannot stand in a mail")]
    Address,
    /// Mail is switched off.
    #[error("there is no sender")]
    NoSender,
    /// The parts make no mail.
    #[error("the parts make no mail")]
    Parts,
}

pub(super) fn compose(
    mail: &Mail,
    sender: &Sender,
    now: Timestamp,
) -> Result<Composed, NotComposed> {
    let from = sender.from.clone().ok_or(NotComposed::NoSender)?;
    let to = address(&mail.to)?;
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.clone()])
        .map_err(|_error| NotComposed::Address)?;
    let mut builder = Message::builder()
        .message_id(Some(mail.message_id.clone()))
        .date(UNIX_EPOCH + Duration::from_secs(now.as_seconds().try_into().unwrap_or(0)))
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(mail.subject.as_str());
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(reply_to.clone());
    }
    let mut message = builder
        .multipart(
            MultiPart::alternative()
                .singlepart(part(ContentType::TEXT_PLAIN, &mail.text))
                .singlepart(part(ContentType::TEXT_HTML, &mail.html)),
        )
        .map_err(|_error| NotComposed::Parts)?;
    // Nobody's holiday note needs to come back (RFC 3834; the second one is what Exchange heeds).
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ] {
        let name =
            HeaderName::new_from_ascii(name.to_owned()).map_err(|_error| NotComposed::Parts)?;
        let value = HeaderValue::new(name, value.to_owned());
        message.headers_mut().insert_raw(value);
    }
    Ok(Composed {
        envelope,
        bytes: message.formatted(),
        file_stem: mail.file_stem.clone(),
        dated: now,
    })
}

/// The address as mail servers want it: the domain by its A-labels, the part before the @ as its
/// owner writes it (only that owner's server knows whether case matters there).
fn address(email: &EmailAddress) -> Result<Address, NotComposed> {
    let (local, domain) = email.key().rsplit_once('@').ok_or(NotComposed::Address)?;
    let typed = email.display().rsplit_once('@').map(|(typed, _)| typed);
    let local = typed.filter(|typed| typed.is_ascii()).unwrap_or(local);
    Address::new(local, domain).map_err(|_error| NotComposed::Address)
}

/// A part whose lines are short and 7 bit, whatever they say.
fn part(kind: ContentType, body: &str) -> SinglePart {
    let body = message::Body::new_with_encoding(
        body.to_owned(),
        message::header::ContentTransferEncoding::QuotedPrintable,
    );
    let body = body.unwrap_or_else(message::Body::new);
    SinglePart::builder().header(kind).body(body)
}
