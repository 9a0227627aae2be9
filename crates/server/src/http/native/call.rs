//! What every handler begins with: who calls, in which organization, and with what body.
//!
//! Owns authentication and the reading of path, query and body. Must not decide what the caller
//! may do: that is the use cases' business.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use vestibule_core::id::Kind;
use vestibule_core::key::ApiKey;
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::secret::AcceptToken;
use vestibule_core::{Id, Refusal, text};
use vestibule_store::Tx;
use vestibule_wire::Secret;

use super::error::Failure;
use crate::app::App;
use crate::ctx::{Actor, Ctx};
use crate::error::{AppError, Unauthenticated};
use crate::http::body;
use crate::http::credential::{Credential, WITH_TOKENS, verify_bearer};
use crate::http::params::{PathParams, QueryParams};
use crate::http::request_id::RequestId;
use crate::ops::once::Once;

/// A call of somebody with a credential, without query parameters.
pub(super) struct Call {
    pub(super) app: App,
    pub(super) ctx: Ctx,
    params: PathParams,
    if_match: Option<HeaderValue>,
    idempotency: Vec<HeaderValue>,
}

/// A call of somebody with a credential, to a list.
pub(super) struct ListCall {
    pub(super) call: Call,
    pub(super) query: QueryParams,
}

impl FromRequestParts<App> for Call {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let ListCall { call, query } = ListCall::from_request_parts(parts, app).await?;
        match query.first_unknown(&[]) {
            Some(name) => Err(Failure::parameter(
                name,
                "this operation takes no parameters",
            )),
            None => Ok(call),
        }
    }
}

impl FromRequestParts<App> for ListCall {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let RequestId(id) = parts.extensions.get().cloned().unwrap_or_default();
        let key = authenticate(app, &parts.headers, &id).await?;
        let Ok(params) = PathParams::from_request_parts(parts, app).await;
        let organization = match params.find("organization") {
            Some(text) => native_id(text)?,
            None => key.organization,
        };
        let call = Call {
            ctx: app.ctx(Actor::Key(key), organization, Dialect::Native, id),
            app: app.clone(),
            params,
            if_match: parts.headers.get(header::IF_MATCH).cloned(),
            idempotency: parts.headers.get_all(KEY_HEADER).iter().cloned().collect(),
        };
        let query = QueryParams::parse(parts.uri.query().unwrap_or_default());
        Ok(Self { call, query })
    }
}

/// The header with the key that a caller gives a request.
const KEY_HEADER: &str = "idempotency-key";

/// How long such a key may be, in characters.
const MAX_KEY: usize = 255;

async fn authenticate(app: &App, headers: &HeaderMap, id: &str) -> Result<Arc<ApiKey>, Failure> {
    let verified = match Credential::of(headers) {
        Credential::Bearer(token) => verify_bearer(app, &token, WITH_TOKENS).await,
        Credential::None => Err(Unauthenticated::Missing.into()),
        // Keys of the other dialects are for the other dialects.
        Credential::Basic { .. } | Credential::Digest(_) | Credential::Unreadable => {
            Err(Unauthenticated::Invalid.into())
        }
    };
    verified.map_err(|error| Failure::of(&error, NOWHERE, id))
}

/// Stands for the organization where none is known; no answer shows it.
const NOWHERE: Id<Organization> = Id::from_bytes([0; 12]);

fn native_id<K: Kind>(text: &str) -> Result<Id<K>, Failure> {
    // The text comes back in the answer, so it is cut to what an id may be long.
    let shown = || text.chars().take(64).collect::<String>();
    Id::from_native(text)
        .ok_or_else(|| Failure::refused(&Refusal::not_found::<K>(shown()), NOWHERE))
}

impl Call {
    /// The id in the path under this name.
    pub(super) fn id<K: Kind>(&self, name: &str) -> Result<Id<K>, Failure> {
        native_id(self.params.find(name).unwrap_or_default())
    }

    /// The version in `If-Match`, which a change is made on the condition of.
    pub(super) fn if_version(&self) -> Result<Option<i64>, Failure> {
        let Some(value) = &self.if_match else {
            return Ok(None);
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(None);
        }
        let tag = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        let version = tag.and_then(|t| t.parse().ok());
        version
            .map(Some)
            .ok_or_else(|| Failure::parameter("If-Match", "it is not one ETag that this API gave"))
    }

    /// The key that the caller gave this request, with what tells it from others: the operation
    /// and the body. White space and the order of members do not count.
    pub(super) fn once<B: Serialize>(
        &self,
        operation: &str,
        body: &B,
    ) -> Result<Option<Once>, Failure> {
        let key = match self.idempotency.as_slice() {
            [] => return Ok(None),
            [one] => one.to_str().unwrap_or_default().trim(),
            [..] => "",
        };
        let is_usable = (1..=MAX_KEY).contains(&key.len());
        let body = serde_json::to_vec(body).ok().filter(|_| is_usable);
        let Some(body) = body else {
            let detail = "it is not one text of 1 to 255 visible characters";
            return Err(Failure::parameter(KEY_HEADER, detail));
        };
        let digest = Sha256::new()
            .chain_update(operation)
            .chain_update([0])
            .chain_update(body)
            .finalize();
        Ok(Some(Once {
            key: key.to_owned(),
            fingerprint: text::to_hex(&digest),
        }))
    }

    /// Runs a use case that writes.
    pub(super) async fn write<R, F>(&self, operation: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<R, AppError> + Send + 'static,
    {
        let done = self.app.write(self.ctx.clone(), operation).await;
        done.map_err(|error| self.failure(&error))
    }

    /// Runs a use case that only reads.
    pub(super) async fn read<R, F>(&self, operation: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<R, AppError> + Send + 'static,
    {
        let done = self.app.read(self.ctx.clone(), operation).await;
        done.map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &AppError) -> Failure {
        Failure::of(error, self.ctx.organization, &self.ctx.request_id)
    }
}

/// A call of somebody who shows nothing but the token of a mail.
pub(super) struct Invitee {
    app: App,
    request_id: String,
}

impl FromRequestParts<App> for Invitee {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let RequestId(request_id) = parts.extensions.get().cloned().unwrap_or_default();
        Ok(Self {
            app: app.clone(),
            request_id,
        })
    }
}

impl Invitee {
    /// Takes the token apart.
    ///
    /// What is no token is refused with the words of one that opens nothing: nobody learns which.
    pub(super) fn holding(self, token: &Secret) -> Result<Holder, Failure> {
        let Some(token) = AcceptToken::parse(token.expose()) else {
            return Err(Failure::refused(&Refusal::LinkNotValid, NOWHERE));
        };
        let dialect = Dialect::Native;
        Ok(Holder {
            ctx: self
                .app
                .ctx(Actor::Invitee, token.organization, dialect, self.request_id),
            app: self.app,
            token,
        })
    }
}

/// Whoever holds a token, which may or may not open something.
pub(super) struct Holder {
    app: App,
    ctx: Ctx,
    token: AcceptToken,
}

impl Holder {
    /// Runs a use case of the holder that writes.
    pub(super) async fn write<R, F>(self, mut operation: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx, &AcceptToken) -> Result<R, AppError> + Send + 'static,
    {
        let Self { app, ctx, token } = self;
        let id = ctx.request_id.clone();
        let done = app.write(ctx, move |tx, ctx| operation(tx, ctx, &token));
        let done = done.await;
        done.map_err(|error| Failure::of(&error, token.organization, &id))
    }

    /// Runs a use case of the holder that only reads.
    pub(super) async fn read<R, F>(self, mut operation: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx, &AcceptToken) -> Result<R, AppError> + Send + 'static,
    {
        let Self { app, ctx, token } = self;
        let id = ctx.request_id.clone();
        let done = app.read(ctx, move |tx, ctx| operation(tx, ctx, &token));
        let done = done.await;
        done.map_err(|error| Failure::of(&error, token.organization, &id))
    }
}

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        Ok(Self(body::read_json(request).await?))
    }
}
