//! What an answer of a mail server means for a mail.

use std::error::Error;

use lettre::transport::smtp;

use crate::mail::deliver::{Later, NotDelivered};

/// A step of the dialogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Connect,
    Encrypt,
    SignIn,
    Sender,
    Recipient,
    Data,
    Content,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::Connect => "the connection",
            Self::Encrypt => "encryption",
            Self::SignIn => "our credentials",
            Self::Sender => "the sender",
            Self::Recipient => "the recipient",
            Self::Data => "the data",
            Self::Content => "the content",
        }
    }

    const fn during(self) -> &'static str {
        match self {
            Self::Connect => "at its start",
            Self::Encrypt => "while encrypting it",
            Self::SignIn => "while signing in",
            Self::Sender | Self::Recipient | Self::Data => "before the mail was sent",
            Self::Content => "while the mail was sent",
        }
    }
}

/// Whether a mail may be tried again.
///
/// Only a permanent answer to the recipient or to the content ends it, and not even that if the
/// enhanced code (RFC 3463) says that policy is the reason (`5.7.x`: relaying denied, sender not
/// verified): whoever runs the server can put that right, and the mails of those days are not to be
/// lost by it. Every other failure is ours, the network's or the server's.
pub(super) fn verdict(step: Step, error: &smtp::Error) -> NotDelivered {
    let Some(code) = error.status() else {
        let later = if error.is_tls() || step == Step::Encrypt {
            Later::Encryption {
                reason: "its certificate is not trusted, or it speaks no TLS",
            }
        } else if error.is_timeout() {
            Later::TimedOut
        } else {
            Later::Connection {
                during: step.during(),
            }
        };
        return later.into();
    };
    let enhanced = error.source().and_then(|text| enhanced(&text.to_string()));
    let is_about_the_mail = matches!(step, Step::Recipient | Step::Content);
    let is_policy = enhanced
        .as_deref()
        .is_some_and(|code| code.starts_with("5.7."));
    let reply = match enhanced {
        Some(enhanced) => format!("{code} {enhanced}"),
        None => code.to_string(),
    };
    let step = step.name();
    if error.is_permanent() && is_about_the_mail && !is_policy {
        return NotDelivered::Refused { step, reply };
    }
    Later::Answer { step, reply }.into()
}

/// The enhanced status code that an answer's text begins with, such as `5.1.1`.
fn enhanced(text: &str) -> Option<String> {
    let code = text.split_whitespace().next()?;
    let mut parts = code.split('.');
    let class = parts.next()?;
    let is_number = |part: &str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|digit| digit.is_ascii_digit())
    };
    let subject = parts.next().filter(|part| is_number(part))?;
    let detail = parts.next().filter(|part| is_number(part))?;
    (matches!(class, "4" | "5") && parts.next().is_none())
        .then(|| format!("{class}.{subject}.{detail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_code_is_taken_from_an_answer() {
        assert_eq!(enhanced("5.1.1 <ann@x.org>: unknown"), Some("5.1.1".into()));
        assert_eq!(enhanced("5.7.26 x"), Some("5.7.26".into()));
        for text in [
            "",
            "unknown user",
            "ann.lee.x@x.org",
            "5.1",
            "5.1.1.1",
            "2.0.0 ok",
            "5.1.a",
        ] {
            assert_eq!(enhanced(text), None, "{text:?}");
        }
    }
}
