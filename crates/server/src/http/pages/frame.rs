//! What all pages have in common: their frame and their headers.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};

use super::assets;
use crate::settings::Settings;

/// What stands around the content of a page.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// What the service is called.
    pub(super) product: String,
    /// The path under which the server is reached, for links; empty at the root of a host.
    pub(super) base: String,
}

impl Frame {
    pub(super) fn of(settings: &Settings) -> Self {
        let base = url::Url::parse(&settings.public_url);
        let base = base.map_or_else(
            |_| String::new(),
            |url| url.path().trim_end_matches('/').to_owned(),
        );
        Self {
            product: settings.product_name.clone(),
            base,
        }
    }

    /// For answers that are made without knowing the settings.
    pub(super) fn without_settings() -> Self {
        Self::of(&Settings::default())
    }

    pub(super) fn style(&self) -> String {
        format!("{}{}", self.base, assets::STYLE.path())
    }

    pub(super) fn icon(&self) -> String {
        format!("{}{}", self.base, assets::ICON.path())
    }
}

/// What a page may load and where it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// Our stylesheet and icon; forms to ourselves; in nobody's frame.
    Normal,
    /// The same, with a frame that shows [`Page::Mail`].
    Framing,
    /// A mail's HTML: its own styles, nothing from anywhere, no script, in our frame only.
    Mail,
}

impl Page {
    const fn policy(self) -> &'static str {
        match self {
            Self::Normal => {
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'"
            }
            Self::Framing => {
                "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                 form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
            }
            Self::Mail => {
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; \
                 base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups \
                 allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
            }
        }
    }
}

/// Renders a page. Whatever stands behind its address, it is not kept, not passed on as a referrer
/// and not put into an index: the address may hold a token.
pub(super) fn page(status: StatusCode, template: &impl Template, kind: Page) -> Response {
    match template.render() {
        Ok(html) => html_page(status, html, kind),
        Err(error) => {
            let error = error.to_string();
            tracing::error!(error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// An answer with this HTML and the headers of a page.
pub(super) fn html_page(status: StatusCode, html: String, kind: Page) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, kind.policy()),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
