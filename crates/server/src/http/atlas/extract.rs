//! What a handler gets of a request, and how it answers.
//!
//! Owns [`Call`]: who asks, in which organization, for which version, and the answer's form. A
//! request without a valid credential reaches no handler.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vestibule_core::Id;
use vestibule_core::key::ApiKey;
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::project::Project;
use vestibule_core::user::User;
use vestibule_store::Tx;

use super::auth;
use super::convert;
use super::error::{Code, Failure};
use super::rate;
use super::shape;
use super::version::{self, Dates, Version};
use crate::app::App;
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;
use crate::http::body::{self, BodyError};
use crate::http::params::{PathParams, QueryParams};
use crate::http::request_id::RequestId;

/// Where the plain-JSON ancestor of the API is, which old clients use.
const V1: &str = "/api/atlas/v1.0";

/// Room for an invitation, which takes some 350 bytes.
const ROOM: usize = 512;

/// An authenticated request without its body.
pub(super) struct Call {
    /// The server.
    pub(super) app: App,
    /// Who asks.
    pub(super) key: Arc<ApiKey>,
    /// The path's parameters.
    pub(super) path: PathParams,
    /// The query's parameters.
    pub(super) query: QueryParams,
    /// The media types that it asks for.
    accept: Option<String>,
    request_id: String,
    is_v1: bool,
}

impl FromRequestParts<App> for Call {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Ok(RequestId(request_id)) = RequestId::from_request_parts(parts, app).await;
        let key = auth::authenticate(app, parts, &request_id).await?;
        rate::count(app, parts, &key)?;
        let Ok(path) = PathParams::from_request_parts(parts, app).await;
        let Ok(query) = QueryParams::from_request_parts(parts, app).await;
        shape::check(&query)?;
        let sent = parts.extensions.get::<OriginalUri>();
        let is_v1 = sent.is_some_and(|uri| uri.path().starts_with(V1));
        Ok(Self {
            app: app.clone(),
            key,
            path,
            query,
            accept: version::accepted(&parts.headers),
            request_id,
            is_v1,
        })
    }
}

impl Call {
    /// Which version of an endpoint with these dates to answer with.
    ///
    /// # Errors
    /// 406 `INVALID_VERSION_DATE`; 410 `VERSION_GONE` once the endpoint has come to its end.
    pub(super) fn version(&self, dates: Dates) -> Result<Version, Failure> {
        let version = Version::of(self.accept.as_deref(), dates, self.is_v1)?;
        if self.app.settings().atlas_sunset && dates.are_over(self.app.clock().now()) {
            let date = version.date;
            let detail = format!("The version {date} of this resource is gone.");
            return Err(Failure::about(Code::VersionGone, detail, date));
        }
        Ok(version)
    }

    /// The id and the action of a path whose last segment has the form `id:action`.
    ///
    /// # Errors
    /// 405 for an id alone: what is named by it takes no POST. `allow` says what it takes. 404 for
    /// what is no text.
    pub(super) fn action(&self, parameter: &str, allow: &str) -> Result<(&str, &str), Failure> {
        let segment = self.path.get(parameter);
        if segment.is_empty() {
            // It was no text.
            return Err(Self::unknown_action(segment));
        }
        segment
            .split_once(':')
            .ok_or_else(|| Failure::wrong_method("POST").with_header(header::ALLOW, allow))
    }

    /// The answer to an action that there is not.
    pub(super) fn unknown_action(action: &str) -> Failure {
        let detail = format!("Cannot find resource :{action}.");
        Failure::about(Code::ResourceNotFound, detail, action)
    }

    /// Reads an id of a user.
    ///
    /// # Errors
    /// 404 `INVALID_USER_ID`.
    pub(super) fn user_id(text: &str) -> Result<Id<User>, Failure> {
        Id::from_hex(text).ok_or_else(|| {
            let detail = format!("An invalid user ID {text} was specified.");
            Failure::about(Code::InvalidUserId, detail, text)
        })
    }

    /// The circumstances of a use case in the organization that the path names.
    ///
    /// # Errors
    /// 404 `INVALID_ORG_ID`.
    pub(super) fn in_organization(&self) -> Result<Ctx, Failure> {
        self.in_organization_named(self.path.get("org_id"))
    }

    /// As [`Call::in_organization`], for an id that stands elsewhere.
    ///
    /// # Errors
    /// 404 `INVALID_ORG_ID`.
    pub(super) fn in_organization_named(&self, text: &str) -> Result<Ctx, Failure> {
        let Some(organization) = Id::from_hex(text) else {
            let detail = format!("An invalid organization ID {text} was specified.");
            return Err(Failure::about(Code::InvalidOrgId, detail, text));
        };
        Ok(self.in_this(organization))
    }

    /// The project that the path names. Where it is, the use case finds out: paths of projects do
    /// not name the organization.
    ///
    /// # Errors
    /// 404 `INVALID_GROUP_ID`.
    pub(super) fn project(&self) -> Result<Id<Project>, Failure> {
        convert::group_id(self.path.get("group_id"))
    }

    /// The circumstances of a use case in the organization that the key was made in.
    pub(super) fn in_own_organization(&self) -> Ctx {
        self.in_this(self.key.organization)
    }

    fn in_this(&self, organization: Id<Organization>) -> Ctx {
        let actor = Actor::Key(Arc::clone(&self.key));
        self.app
            .ctx(actor, organization, Dialect::Atlas, self.request_id.clone())
    }

    /// Runs a use case that writes.
    ///
    /// # Errors
    /// What the use case says, in this dialect's words.
    pub(super) async fn write<R, F>(&self, ctx: Ctx, operation: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<R, AppError> + Send + 'static,
    {
        let done = self.app.write(ctx, operation).await;
        done.map_err(|error| Failure::of(&error, &self.request_id))
    }

    /// Runs a use case that only reads.
    ///
    /// # Errors
    /// What the use case says, in this dialect's words.
    pub(super) async fn read<R, F>(&self, ctx: Ctx, operation: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<R, AppError> + Send + 'static,
    {
        let done = self.app.read(ctx, operation).await;
        done.map_err(|error| Failure::of(&error, &self.request_id))
    }

    /// The answer of a success.
    #[expect(clippy::unused_self, reason = "what is answered is this call")]
    pub(super) fn answer(
        &self,
        status: StatusCode,
        version: Version,
        body: &impl Serialize,
    ) -> Response {
        // Writing our own shapes to memory cannot fail.
        let encoded = body::written(body, ROOM).unwrap_or_default();
        let mut response = (status, encoded).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, version.content_type());
        response
    }

    /// The answer of a success that has nothing to tell. It has a media type all the same
    /// (recorded).
    pub(super) fn no_content(version: Version) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, version.content_type());
        response
    }

    /// The address of a resource below `/api/atlas`, as links say it.
    pub(super) fn url(&self, path: &str) -> String {
        let version = if self.is_v1 { "v1.0" } else { "v2" };
        format!(
            "{}/api/atlas/{version}{path}",
            self.app.settings().public_url
        )
    }
}

/// A body that nobody has read yet. Who asks, for what and in which version is judged before it.
pub(super) struct Unread(Request);

impl FromRequest<App> for Unread {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &App) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

impl Unread {
    /// Reads it, a JSON object.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) async fn object<T: DeserializeOwned>(self) -> Result<T, Failure> {
        Ok(body::read_json(self.0).await?)
    }

    /// Reads it, a JSON array of objects.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) async fn array<T: DeserializeOwned>(self) -> Result<Vec<T>, Failure> {
        let read = body::read_json_array(self.0).await;
        read.map_err(|error| match &error {
            BodyError::Mismatch { pointer, .. } if pointer.is_empty() => {
                Failure::new(Code::InvalidJson, "Received JSON is no array.")
            }
            _ => error.into(),
        })
    }
}
