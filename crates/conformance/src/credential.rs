//! Who asks: Basic, Bearer, and HTTP Digest as strictly as the vendor's client reads a challenge.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use crate::suite::Dialect;
use crate::variables::Variables;

/// A credential.
pub(crate) enum Credential {
    /// None.
    Nobody,
    /// An `Authorization` that is known beforehand.
    Header(String),
    /// One that answers a challenge.
    Digest { user: String, secret: String },
}

impl Credential {
    /// Reads what a golden file says: `nobody`, or a scheme and the name of a variable, whose
    /// secret half is the variable `NAME_secret`. `Err` with a name that has no value, or with what
    /// was said.
    pub(crate) fn parse(
        text: Option<&str>,
        dialect: Dialect,
        variables: &Variables,
    ) -> Result<Self, String> {
        let text = text.unwrap_or(match dialect {
            Dialect::Confluent => "basic key",
            Dialect::Atlas => "digest key",
        });
        if text == "nobody" {
            return Ok(Self::Nobody);
        }
        let (scheme, name) = text.split_once(' ').ok_or_else(|| text.to_owned())?;
        let value = |name: &str| {
            let found = variables.find(name).map(str::to_owned);
            found.ok_or_else(|| name.to_owned())
        };
        let secret = || value(&format!("{name}_secret"));
        match scheme {
            "bearer" => Ok(Self::Header(format!("Bearer {}", value(name)?))),
            "basic" => {
                let pair = format!("{}:{}", value(name)?, secret()?);
                Ok(Self::Header(format!("Basic {}", STANDARD.encode(pair))))
            }
            "digest" => Ok(Self::Digest {
                user: value(name)?,
                secret: secret()?,
            }),
            _ => Err(text.to_owned()),
        }
    }
}

/// The names that [`Credential::parse`] looks up.
pub(crate) fn names_of(text: &str) -> Vec<String> {
    match text.split_once(' ') {
        Some(("bearer", name)) => vec![name.to_owned()],
        Some((_, name)) => vec![name.to_owned(), format!("{name}_secret")],
        None => Vec::new(),
    }
}

/// A challenge, as far as an answer needs it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
}

impl Challenge {
    /// Reads the first `WWW-Authenticate`, as the vendor's client does: `Digest ` with that case,
    /// parameters separated by a comma and a space, none that it does not know, MD5, and `auth`.
    ///
    /// # Errors
    /// What that client would stumble over.
    pub(crate) fn parse(header: Option<&str>) -> Result<Self, String> {
        let header = header.ok_or("401 without WWW-Authenticate")?;
        let list = header.strip_prefix("Digest ");
        let list = list.ok_or_else(|| format!("it does not begin with \"Digest \": {header}"))?;
        let (mut realm, mut nonce, mut opaque) = (None, None, None);
        for parameter in list.split(", ") {
            let (name, value) = parameter
                .split_once('=')
                .ok_or_else(|| format!("{parameter:?} has no value"))?;
            let value = value.trim_matches('"');
            match name {
                "realm" => realm = Some(value.to_owned()),
                "nonce" => nonce = Some(value.to_owned()),
                "opaque" => opaque = Some(value.to_owned()),
                "domain" | "stale" => {}
                "algorithm" if value == "MD5" => {}
                "qop" if value == "auth" => {}
                _ => return Err(format!("the vendor's client does not know {parameter:?}")),
            }
        }
        Ok(Self {
            realm: realm.ok_or("the challenge has no realm")?,
            nonce: nonce.ok_or("the challenge has no nonce")?,
            opaque,
        })
    }

    /// The `Authorization` that answers it, in the form of the vendor's client.
    pub(crate) fn answer(
        &self,
        (user, secret): (&str, &str),
        (method, target): (&str, &str),
        client_nonce: &str,
    ) -> String {
        let Self {
            realm,
            nonce,
            opaque,
        } = self;
        let first = md5(&format!("{user}:{realm}:{secret}"));
        let second = md5(&format!("{method}:{target}"));
        let response = md5(&format!(
            "{first}:{nonce}:00000001:{client_nonce}:auth:{second}"
        ));
        let opaque = opaque
            .as_ref()
            .map(|opaque| format!("opaque=\"{opaque}\", "));
        let opaque = opaque.unwrap_or_default();
        format!(
            "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", \
             response=\"{response}\", algorithm=\"MD5\", {opaque}qop=auth, nc=00000001, \
             cnonce=\"{client_nonce}\""
        )
    }
}

fn md5(text: &str) -> String {
    let bytes = Md5::digest(text.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_2617_is_answered_as_there() {
        let challenge = Challenge {
            realm: "testrealm@host.com".to_owned(),
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093".to_owned(),
            opaque: Some("5ccc069c403ebaf9f0171e9517f40e41".to_owned()),
        };
        let answer = challenge.answer(
            ("Mufasa", "Circle Of Life"),
            ("GET", "/dir/index.html"),
            "0a4f113b",
        );
        assert!(
            answer.contains("response=\"6629fae49393a05397450978507c4ef1\""),
            "{answer}"
        );
        assert!(
            answer.contains("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", qop=auth"),
            "{answer}"
        );
    }

    #[test]
    fn a_challenge_that_the_vendors_client_stumbles_over_is_refused() {
        let good = "Digest realm=\"r\", domain=\"\", nonce=\"n\", algorithm=MD5, qop=\"auth\", stale=false";
        assert!(Challenge::parse(Some(good)).is_ok());
        for bad in [
            "digest realm=\"r\", nonce=\"n\"",
            "Bearer",
            "Digest realm=\"r\",nonce=\"n\"",
            "Digest realm=\"r\", nonce=\"n\", charset=UTF-8",
            "Digest realm=\"r\", nonce=\"n\", qop=\"auth,auth-int\"",
            "Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess",
            "Digest realm=\"r\", nonce=\"n\", stale",
            "Digest realm=\"r\"",
        ] {
            assert!(Challenge::parse(Some(bad)).is_err(), "{bad}");
        }
        assert!(Challenge::parse(None).is_err());
    }
}
