//! Credentials: taken out of a request, and checked against the keys.
//!
//! Owns the parsing of `Authorization` and the checks of Basic and Bearer credentials. Must not
//! decide what a credential may do, nor answer: each dialect does.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vestibule_core::key::{ApiKey, KeyKind};
use vestibule_core::secret::{self, AccessToken};
use vestibule_core::{Id, Timestamp};

use crate::app::App;
use crate::error::{AppError, Unauthenticated};

/// What a request shows to be let in. Not checked yet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Nothing.
    None,
    /// User name and password of RFC 7617.
    Basic {
        /// The public half of a key.
        user: String,
        /// The secret half.
        secret: String,
    },
    /// A token of RFC 6750.
    Bearer(String),
    /// The parameters of RFC 7616, as they were sent: all after `Digest `.
    Digest(String),
    /// Something else: another scheme, no text, or more than one.
    Unreadable,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic { .. } => "Basic([redacted])",
            Self::Bearer(_) => "Bearer([redacted])",
            Self::Digest(_) => "Digest([redacted])",
            Self::Unreadable => "Unreadable",
        })
    }
}

impl Credential {
    /// Takes the credential out of the `Authorization` header. Schemes are compared without case.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Self::None;
        };
        if values.next().is_some() {
            return Self::Unreadable;
        }
        let Ok(value) = value.to_str() else {
            return Self::Unreadable;
        };
        let Some((scheme, rest)) = value.trim().split_once(' ') else {
            return Self::Unreadable;
        };
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Self::Bearer(rest.to_owned());
        }
        if scheme.eq_ignore_ascii_case("digest") {
            return Self::Digest(rest.to_owned());
        }
        if scheme.eq_ignore_ascii_case("basic") {
            return basic(rest).unwrap_or(Self::Unreadable);
        }
        Self::Unreadable
    }
}

fn basic(encoded: &str) -> Option<Credential> {
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, secret) = text.split_once(':')?;
    Some(Credential::Basic {
        user: user.to_owned(),
        secret: secret.to_owned(),
    })
}

/// Whose access tokens open every API: those of service accounts, of which there is one sort for all.
/// What was exchanged for a token of somebody else's is for the API that has exchanged it.
pub(crate) const WITH_TOKENS: &[KeyKind] = &[KeyKind::AtlasServiceAccount];

/// The key with this public half, if it is one of `kinds` and the secret is its own; the secret is
/// compared in constant time.
///
/// # Errors
/// [`Unauthenticated::Expired`] for the right secret of a key whose time is over,
/// [`Unauthenticated::Invalid`] for everything else that opens nothing; the store's failure.
pub(crate) async fn verify_basic(
    app: &App,
    user: &str,
    secret: &str,
    kinds: &[KeyKind],
) -> Result<Arc<ApiKey>, AppError> {
    let key = find(app, user, kinds).await?;
    if app.keys().is_api_secret(secret, &key) {
        usable(key, app.clock().now())
    } else {
        Err(Unauthenticated::Invalid.into())
    }
}

/// The key with this public half, if it is one of `kinds`. Its secret has not been checked, nor
/// whether it is usable: the caller must do both.
///
/// # Errors
/// [`Unauthenticated::Invalid`]; the store's failure.
pub(crate) async fn find(
    app: &App,
    public_id: &str,
    kinds: &[KeyKind],
) -> Result<Arc<ApiKey>, AppError> {
    // What no public half looks like is not worth a look-up, nor a place in the cache.
    let plausible = (1..=64).contains(&public_id.len())
        && public_id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !plausible {
        return Err(Unauthenticated::Invalid.into());
    }
    let found = app.api_key(public_id).await?;
    found
        .filter(|key| kinds.contains(&key.kind))
        .ok_or_else(|| Unauthenticated::Invalid.into())
}

/// The key behind a bearer token: a native key itself, or one of `kinds` by an access token that
/// was made for it.
///
/// # Errors
/// As [`verify_basic`].
pub(crate) async fn verify_bearer(
    app: &App,
    token: &str,
    kinds: &[KeyKind],
) -> Result<Arc<ApiKey>, AppError> {
    if let Some(id) = secret::native_key_id(token) {
        return verify_native_key(app, id, token).await;
    }
    match AccessToken::parse(token) {
        Some(parsed) => verify_access_token(app, &parsed, kinds).await,
        None => Err(Unauthenticated::Invalid.into()),
    }
}

async fn verify_native_key(
    app: &App,
    id: Id<ApiKey>,
    token: &str,
) -> Result<Arc<ApiKey>, AppError> {
    let key = find(app, &id.to_native(), &[KeyKind::Native]).await?;
    if app.keys().is_api_secret(token, &key) {
        usable(key, app.clock().now())
    } else {
        Err(Unauthenticated::Invalid.into())
    }
}

/// The key of one of `kinds` that an access token was made for.
async fn verify_access_token(
    app: &App,
    token: &AccessToken,
    kinds: &[KeyKind],
) -> Result<Arc<ApiKey>, AppError> {
    let found = app.key_of_token(token.key, token.serial()).await?;
    let key = found.filter(|key| kinds.contains(&key.kind));
    let key = key.ok_or(Unauthenticated::Invalid)?;
    let now = app.clock().now();
    if app.keys().is_access_token(token, &key, now) {
        return usable(key, now);
    }
    // Good at the beginning of time means: ours, and over by now.
    let was_ours = app
        .keys()
        .is_access_token(token, &key, Timestamp::from_seconds(0));
    Err(if was_ours {
        Unauthenticated::Expired.into()
    } else {
        Unauthenticated::Invalid.into()
    })
}

/// The key itself, unless it was revoked or its time is over.
///
/// # Errors
/// [`Unauthenticated::Invalid`] and [`Unauthenticated::Expired`].
pub(crate) fn usable(key: Arc<ApiKey>, now: Timestamp) -> Result<Arc<ApiKey>, AppError> {
    if key.is_usable(now) {
        Ok(key)
    } else if key.revoked_at.is_some() {
        Err(Unauthenticated::Invalid.into())
    } else {
        Err(Unauthenticated::Expired.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Credential {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::AUTHORIZATION,
            value.parse().expect("a header value"),
        );
        Credential::of(&headers)
    }

    #[test]
    fn each_scheme_is_read() {
        assert_eq!(Credential::of(&HeaderMap::new()), Credential::None);
        assert_eq!(of("bearer  abc "), Credential::Bearer("abc".into()));
        assert_eq!(
            of("Digest username=\"a\", realm=\"b\""),
            Credential::Digest("username=\"a\", realm=\"b\"".into())
        );
        let pair = Credential::Basic {
            user: "KEY".into(),
            secret: "a:b".into(),
        };
        assert_eq!(of(&format!("BASIC {}", STANDARD.encode("KEY:a:b"))), pair);
    }

    #[test]
    fn what_is_no_credential_is_unreadable() {
        for value in ["", "Bearer", "Basic !!", "Basic YQ==", "Negotiate abc"] {
            assert_eq!(of(value), Credential::Unreadable, "{value:?}");
        }
        let mut headers = HeaderMap::new();
        for value in ["Bearer a", "Bearer b"] {
            headers.append(header::AUTHORIZATION, value.parse().expect("a value"));
        }
        assert_eq!(Credential::of(&headers), Credential::Unreadable);
    }

    #[test]
    fn sec_s18_a_credential_does_not_print_itself() {
        assert_eq!(format!("{:?}", of("Bearer abc")), "Bearer([redacted])");
    }
}
