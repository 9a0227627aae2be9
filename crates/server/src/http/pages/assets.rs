//! The files that pages load: a stylesheet and an icon, from the executable itself.
//!
//! A file's path holds a hash of its content, so that browsers may keep it for ever.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

pub(super) const STYLE: Asset = Asset::new(
    "style",
    "css",
    "text/css; charset=utf-8",
    include_str!("../../../templates/pages/style.css"),
);
pub(super) const ICON: Asset = Asset::new(
    "icon",
    "svg",
    "image/svg+xml",
    include_str!("../../../templates/pages/icon.svg"),
);

/// A file in the executable.
#[derive(Clone, Copy)]
pub(super) struct Asset {
    name: &'static str,
    extension: &'static str,
    media_type: &'static str,
    content: &'static str,
    hash: u64,
}

impl Asset {
    const fn new(
        name: &'static str,
        extension: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        Self {
            name,
            extension,
            media_type,
            content,
            hash: fnv1a(content.as_bytes()),
        }
    }

    /// Its path on this server.
    pub(super) fn path(&self) -> String {
        format!(
            "/assets/{}-{:016x}.{}",
            self.name, self.hash, self.extension
        )
    }

    fn answer(&self) -> Response {
        let headers = [
            (CONTENT_TYPE, self.media_type),
            (CACHE_CONTROL, "public, max-age=31536000, immutable"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (headers, self.content).into_response()
    }
}

pub(super) fn routes() -> Router<App> {
    [STYLE, ICON]
        .into_iter()
        .fold(Router::new(), |router, asset| {
            router.route(&asset.path(), get(move || async move { asset.answer() }))
        })
}

/// FNV-1a with 64 bits: it tells versions of a file apart, and guards nothing.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        hash ^= u64::from_le_bytes([*byte, 0, 0, 0, 0, 0, 0, 0]);
        hash = hash.wrapping_mul(0x0100_0000_01b3);
        rest = tail;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn the_stylesheet_loads_nothing() {
        for word in ["url(", "@import", "http"] {
            assert!(!STYLE.content.contains(word), "{word}");
        }
    }
}
