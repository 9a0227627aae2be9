//! Whether a request comes from this very machine.
//!
//! What answers to this machine only answers no other peer, no proxy that passes others on, and no
//! name that a foreign site's script could have pointed at this machine.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Uri, header};

/// Headers by which proxies tell whom they ask for.
const PROXY_HEADERS: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Whether whoever sits at this machine has sent this request. A peer that is not known is none.
pub(super) fn is_of_this_machine(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|ConnectInfo(peer)| is_loopback(peer.ip()))
        && is_unproxied(request.headers())
        && is_asked_by_a_local_name(request.headers())
}

/// Whether a page of another site has made a browser send this request. Programs send no `Origin`.
pub(super) fn is_of_another_site(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let origin: Option<Uri> = origin.to_str().ok().and_then(|text| text.parse().ok());
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let asked_by = origin.as_ref().and_then(|origin| origin.authority());
    asked_by.is_none_or(|from| host != Some(from.as_str()))
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn is_unproxied(headers: &HeaderMap) -> bool {
    !PROXY_HEADERS.iter().any(|name| headers.contains_key(*name))
}

/// A page on another site can make its own name lead here, but cannot change the name it asks by.
fn is_asked_by_a_local_name(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = host else {
        return true;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_matches(['[', ']']);
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        let is_local = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header value"));
            is_asked_by_a_local_name(&headers)
        };
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1:8080",
            "[::1]:8080",
            "127.1.2.3",
        ] {
            assert!(is_local(host), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "10.0.0.1",
            "",
        ] {
            assert!(!is_local(host), "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_is_known_by_its_origin() {
        let foreign = |origin: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::HOST,
                "127.0.0.1:8080".parse().expect("a header value"),
            );
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().expect("a header value"));
            }
            is_of_another_site(&headers)
        };
        assert!(!foreign(None));
        assert!(!foreign(Some("http://127.0.0.1:8080")));
        for origin in ["null", "http://evil.example", "http://127.0.0.1:9090", "ß"] {
            assert!(foreign(Some(origin)), "{origin}");
        }
    }
}
