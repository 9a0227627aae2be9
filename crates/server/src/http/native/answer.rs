//! Answers that are no errors: JSON bodies and the headers that go with them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use serde::{Serialize, Serializer};
use vestibule_core::Id;
use vestibule_core::invitation::Invitation;
use vestibule_core::organization::Organization;

use crate::http::body;

/// The path of an organization.
pub(super) fn organization_path(organization: Id<Organization>) -> String {
    format!("/v1/organizations/{organization}")
}

/// The path of an invitation.
pub(super) fn invitation_path(organization: Id<Organization>, id: Id<Invitation>) -> String {
    format!("{}/invitations/{id}", organization_path(organization))
}

/// 200 with this body.
pub(super) fn ok<T: Serialize>(body: &T) -> Response {
    self::body(StatusCode::OK, "application/json", body)
}

/// 201 with this body and the path of what was made.
pub(super) fn created<T: Serialize>(path: &str, body: &T) -> Response {
    let mut response = self::body(StatusCode::CREATED, "application/json", body);
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, path);
    }
    response
}

/// 204.
pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// The same answer with the version as its entity tag, for `If-Match`.
pub(super) fn with_version(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// 200 with what [`page`] wrote.
pub(super) fn ready(page: Option<Bytes>) -> Response {
    written_body(StatusCode::OK, "application/json", page)
}

/// A page of items, written one after the other. See [`vestibule_wire::native::Page`].
pub(super) fn page<I>(items: I, next: Option<String>) -> Option<Bytes>
where
    I: ExactSizeIterator<Item: Serialize> + Clone,
{
    let room = items.len().saturating_mul(ITEM_BYTES);
    let page = Page {
        data: Items(items),
        next,
    };
    body::written(&page, room)
}

/// Room for one item of a page: an invitation takes some 640 bytes.
const ITEM_BYTES: usize = 768;

#[derive(Serialize)]
struct Page<D> {
    data: D,
    next: Option<String>,
}

struct Items<I>(I);

impl<I: Iterator<Item: Serialize> + Clone> Serialize for Items<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// An answer with a JSON body of this media type.
pub(super) fn body<T: Serialize>(
    status: StatusCode,
    media_type: &'static str,
    content: &T,
) -> Response {
    written_body(status, media_type, body::written(content, ITEM_BYTES))
}

fn written_body(status: StatusCode, media_type: &'static str, bytes: Option<Bytes>) -> Response {
    let Some(bytes) = bytes else {
        // Our own shapes have string keys only, so this cannot be.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
    (status, headers, bytes).into_response()
}
