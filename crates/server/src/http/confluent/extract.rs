//! What handlers take from a request and give back: who calls, and JSON in both directions.
//!
//! Owns the kinds of credential of this dialect. Must not decide what a caller may do.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use vestibule_core::key::KeyKind;
use vestibule_core::organization::Dialect;

use super::error::Failure;
use crate::app::App;
use crate::ctx::{Actor, Ctx};
use crate::error::{AppError, Unauthenticated};
use crate::http::body::read_json;
use crate::http::credential::{Credential, verify_basic, verify_bearer};
use crate::http::request_id::RequestId;

/// Whoever showed a key; the organization is the key's own.
pub(super) struct Caller(pub(super) Ctx);

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let key = match Credential::of(&parts.headers) {
            Credential::Basic { user, secret } => {
                verify_basic(app, &user, &secret, &[KeyKind::Confluent]).await?
            }
            Credential::Bearer(token) => verify_bearer(app, &token).await?,
            Credential::None => return Err(reject(Unauthenticated::Missing)),
            Credential::Digest(_) | Credential::Unreadable => {
                return Err(reject(Unauthenticated::Invalid));
            }
        };
        let request_id = parts.extensions.get::<RequestId>().cloned();
        let organization = key.organization;
        Ok(Self(app.ctx(
            Actor::Key(key),
            organization,
            Dialect::Confluent,
            request_id.unwrap_or_default().0,
        )))
    }
}

fn reject(reason: Unauthenticated) -> Failure {
    AppError::from(reason).into()
}

/// A JSON object as the body of a request or an answer.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        let read = read_json::<Object<T>>(request).await;
        read.map(|Object(body)| Self(body)).map_err(Failure::Body)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(_) => {
                let what = "an answer cannot be written as JSON";
                Failure::from(AppError::Inconsistent { what }).into_response()
            }
        }
    }
}

/// A `T` from an object only. A derived reader would take a list for one, too, by position.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(Object)
    }
}
