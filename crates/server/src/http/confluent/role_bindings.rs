//! `/iam/v2/role-bindings`, as far as the roles of the organization go.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_core::id::Kind;
use vestibule_core::organization::Organization;
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal};
use vestibule_wire::confluent as wire;

use super::error::Failure;
use super::extract::{Caller, Json, rights_first};
use super::page::{Position, Query};
use super::roles::{self, Named, ROLE_BINDINGS};
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::http::params::{PathParams, QueryParams};
use crate::ops::role_bindings::{self, Listing, RoleBinding};

const CRN_PATTERN: &str = "crn_pattern";

impl Position for RoleBinding {
    fn token(&self) -> String {
        roles::to_id(*self)
    }

    fn read(token: &str) -> Option<Self> {
        roles::from_id(token)
    }
}

/// `POST /iam/v2/role-bindings`.
pub(super) async fn create(
    State(app): State<App>,
    Caller(ctx): Caller,
    Json(body): Json<wire::RoleBindingCreate>,
) -> Result<Response, Failure> {
    let organization = ctx.organization;
    let new = roles::new_binding(&body, organization);
    let new = rights_first(new, &app, &ctx, Permission::ManageMembers).await?;
    let made = app
        .write(ctx, move |tx, ctx| role_bindings::create(tx, ctx, new))
        .await;
    made.map_err(|error| match error {
        AppError::Refused(Refusal::NotFound { noun, .. }) if noun == User::NOUN => {
            let id = new.user.to_confluent();
            Failure::field("/principal", format!("there is no {noun} with the id {id}"))
        }
        other => other.into(),
    })?;
    let made = roles::shown(new, organization, &app.settings().public_url);
    let location = [(header::LOCATION, made.metadata.self_url.clone())];
    Ok((StatusCode::CREATED, location, Json(made)).into_response())
}

/// `GET /iam/v2/role-bindings/{id}`.
pub(super) async fn read(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
) -> Result<Json<wire::RoleBinding>, Failure> {
    let binding = binding(&path)?;
    let organization = ctx.organization;
    let exists = app
        .read(ctx, move |tx, ctx| role_bindings::exists(tx, ctx, binding))
        .await?;
    answered(exists, binding, organization, &app)
}

/// `DELETE /iam/v2/role-bindings/{id}`: the vendor's SDK wants to see what is gone.
pub(super) async fn delete(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
) -> Result<Json<wire::RoleBinding>, Failure> {
    let binding = binding(&path)?;
    let organization = ctx.organization;
    let deleted = app
        .write(ctx, move |tx, ctx| role_bindings::delete(tx, ctx, binding))
        .await?;
    answered(deleted, binding, organization, &app)
}

fn answered(
    exists: bool,
    binding: RoleBinding,
    organization: Id<Organization>,
    app: &App,
) -> Result<Json<wire::RoleBinding>, Failure> {
    if !exists {
        return Err(missing(&roles::to_id(binding)));
    }
    let public_url = &app.settings().public_url;
    Ok(Json(roles::shown(binding, organization, public_url)))
}

fn binding(path: &PathParams) -> Result<RoleBinding, Failure> {
    let text = path.get("id");
    roles::from_id(text).ok_or_else(|| missing(text))
}

fn missing(id: &str) -> Failure {
    let noun = "role binding";
    let id = id.to_owned();
    AppError::from(Refusal::NotFound { noun, id }).into()
}

/// `GET /iam/v2/role-bindings`: a filter on the pattern is needed, as the vendor documents.
pub(super) async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    params: QueryParams,
) -> Result<Json<wire::List<wire::RoleBinding>>, Failure> {
    let filters = ["principal", "role_name", CRN_PATTERN];
    let mut query = Query::read(&params, &filters, &ctx.settings.confluent)?;
    let listing = listing(&mut query, &ctx)?;
    let organization = ctx.organization;
    let mut found = app
        .read(ctx, move |tx, ctx| role_bindings::list(tx, ctx, &listing))
        .await?;
    let public_url = &app.settings().public_url;
    let url = format!("{public_url}{ROLE_BINDINGS}");
    let metadata = query.page(&mut found, |binding| *binding, &url);
    let shown = found
        .iter()
        .map(|binding| roles::shown(*binding, organization, public_url))
        .collect();
    Ok(Json(wire::List::new(
        wire::KIND_ROLE_BINDING_LIST,
        metadata,
        shown,
    )))
}

fn listing(query: &mut Query<RoleBinding>, ctx: &Ctx) -> Result<Listing, Failure> {
    let pattern = query.filter(CRN_PATTERN, |text| Some(text.to_owned()))?;
    let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else {
        return Err(Failure::parameter(CRN_PATTERN, "it is needed"));
    };
    // A search for a part of the name; what is below the organization has no bindings here.
    if !roles::crn_pattern(ctx.organization).contains(&pattern) {
        query.match_nothing();
    }
    let user = match query.filter("principal", roles::principal)? {
        Some(Named::User(user)) => Some(user),
        Some(Named::ServiceAccount) => {
            query.match_nothing();
            None
        }
        None => None,
    };
    let role = query.filter("role_name", roles::role)?;
    Ok(Listing {
        user,
        roles: role.map_or_else(roles::named, |role| RoleSet::of(&[role])),
        after: query.after(),
        limit: query.look_for(),
    })
}
