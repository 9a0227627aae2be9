//! Which redirects are followed.
//!
//! Owns the rule that credentials and bodies go nowhere but to the configured address. It must not
//! send anything.

use http::{Method, StatusCode};
use url::Url;

use super::message::{Request, Response};

/// How many redirects one attempt follows.
pub(super) const MOST_REDIRECTS: usize = 5;

/// The request that a redirect asks for: within scheme, host and port of the address it came from,
/// and only if it stays what it is. After 301, 302 and 303 a POST would become a GET.
pub(super) fn follow(request: &Request, from: &Url, response: &Response) -> Option<Request> {
    let keeps_method = match response.status {
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => {
            request.method == Method::GET
        }
        _ => false,
    };
    let mut target = from.join(response.redirect_target()?).ok()?;
    target.set_fragment(None);
    let has_credentials = !target.username().is_empty() || target.password().is_some();
    if !keeps_method || has_credentials || target.origin() != from.origin() {
        return None;
    }
    Some(Request {
        moved_to: Some(target),
        ..request.clone()
    })
}
