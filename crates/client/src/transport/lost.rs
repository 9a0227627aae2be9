//! Exchanges that brought no answer: why, and whether trying again can help.

use std::error::Error as StdError;

/// An exchange that brought no answer.
pub(super) struct Lost {
    pub(super) reason: String,
    /// Whether the request may have reached the service.
    pub(super) reached: bool,
    /// Whether another attempt can end differently.
    pub(super) worth_retrying: bool,
}

impl Lost {
    pub(super) fn from_reqwest(error: &reqwest::Error) -> Self {
        let reached = !(error.is_connect() || error.is_builder());
        Self {
            reason: chain(error),
            reached,
            worth_retrying: !error.is_builder() && !is_about_trust(error),
        }
    }
}

/// Whether TLS itself failed, for example at a certificate: repeating that changes nothing.
fn is_about_trust(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = cause {
        if current.is::<rustls::Error>() {
            return true;
        }
        // An I/O error skips what it wraps when it is asked for its source.
        let wrapped = current
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => current.source(),
        };
    }
    false
}

/// An error's causes in one line, without the address, which may name a person.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut text = match (error.is_connect(), error.is_timeout()) {
        (true, _) => "cannot connect".to_owned(),
        (false, true) => "no answer within the time limit".to_owned(),
        (false, false) => "the connection broke".to_owned(),
    };
    let mut cause = error.source();
    while let Some(current) = cause {
        let words = current.to_string();
        // hyper's own frame around the cause says nothing a person can use.
        if !words.starts_with("client error (") && !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = current.source();
    }
    text
}
