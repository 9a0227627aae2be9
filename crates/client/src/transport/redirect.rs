//! Which redirects are followed, and what is said of the others.
//!
//! Owns the rule that credentials and bodies go nowhere but to the configured address. It must not
//! send anything.

use http::{Method, StatusCode};
use url::Url;

use super::message::{Request, Response};

/// How many redirects one attempt follows.
const MOST_REDIRECTS: usize = 5;

/// Why a redirect was not followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unfollowed {
    /// It was not looked at: the request goes to its own address only, or this status asks for
    /// something else.
    #[default]
    Unasked,
    /// It leads to another scheme, host or port.
    Elsewhere,
    /// It would make a GET of a request that is none.
    AsGet,
    /// It leads to where this attempt has been.
    Circle,
    /// There were as many as are followed.
    TooMany,
    /// It leads to no address, or to one with credentials in it.
    Nowhere,
}

impl Unfollowed {
    /// What to tell of a redirect to `target`.
    pub(crate) fn words(self, target: &str) -> String {
        match self {
            Self::Elsewhere => format!(
                "the server redirects to {target}, elsewhere than what is configured; \
                 configure that address if the service is there"
            ),
            Self::AsGet => format!(
                "the server redirects to {target}, where only a GET may follow; \
                 configure the address that needs no redirect"
            ),
            Self::Circle => {
                format!(
                    "the server redirects in a circle: to {target}, where it has sent us before"
                )
            }
            Self::TooMany => format!(
                "the server redirects to {target}, after {MOST_REDIRECTS} redirects that were followed"
            ),
            Self::Nowhere => {
                "the server redirects to what is no address, or has credentials in it".to_owned()
            }
            Self::Unasked => format!(
                "the server redirects to {target}; configure the address that needs no redirect"
            ),
        }
    }
}

/// The request that a redirect asks for: within scheme, host and port of the last address in `been`,
/// which it came from, and only if it stays what it is. After 301, 302 and 303 a POST would become a
/// GET.
pub(super) fn follow(
    request: &Request,
    been: &[Url],
    response: &Response,
) -> Result<Request, Unfollowed> {
    let keeps_method = match response.status {
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => {
            request.method == Method::GET
        }
        _ => return Err(Unfollowed::Unasked),
    };
    let from = been.last().ok_or(Unfollowed::Nowhere)?;
    let target = response.redirect_target();
    let target = target.and_then(|target| from.join(target).ok());
    let mut target = target.ok_or(Unfollowed::Nowhere)?;
    target.set_fragment(None);
    if !target.username().is_empty() || target.password().is_some() {
        return Err(Unfollowed::Nowhere);
    }
    if target.origin() != from.origin() {
        return Err(Unfollowed::Elsewhere);
    }
    if !keeps_method {
        return Err(Unfollowed::AsGet);
    }
    if been.len() > MOST_REDIRECTS {
        let again = been.contains(&target);
        return Err(if again {
            Unfollowed::Circle
        } else {
            Unfollowed::TooMany
        });
    }
    Ok(Request {
        moved_to: Some(target),
        ..request.clone()
    })
}
