//! The description of the native API: OpenAPI 3.1.
//!
//! Owns what is said once for all operations. Operations describe themselves; a copy of the whole
//! is committed as `openapi.json`, and a test compares.

use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, Response, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use vestibule_wire::native::{Include, PROBLEM_MEDIA_TYPE, Problem, ProblemError};

use crate::app::App;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vestibule",
        description = "Invitations to organizations: who is invited, by whom, into what, and what came of it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "organizations", description = "Organizations and their settings"),
        (name = "keys", description = "Keys for all three APIs, and whom they speak for"),
        (name = "members", description = "Who belongs to an organization"),
        (name = "users", description = "People an organization knows"),
        (name = "teams", description = "Teams that an invitation can promise"),
        (name = "projects", description = "Projects that people have roles of their own in"),
        (name = "invitations", description = "Invitations, for whoever invites"),
        (name = "answers", description = "Invitations, for whoever was invited: the token of the mail is the credential"),
    ),
    components(schemas(Include, Problem, ProblemError)),
    security(("key" = [])),
)]
struct Common;

/// The description, pretty-printed, with a line feed at its end.
///
/// # Panics
/// Never: its keys are strings.
#[must_use]
pub fn document() -> String {
    let base = OpenApiRouter::<App>::with_openapi(Common::openapi());
    let (_, mut api) = base.nest("/v1", super::described()).split_for_parts();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A native key `vstk_…`, or an access token `vsta_…`"))
        .build();
    let components = api.components.get_or_insert_default();
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    add_problems_to_all(&mut api);
    printed(&api)
}

/// Lets every operation answer errors with problems.
pub(super) fn add_problems_to_all(api: &mut utoipa::openapi::OpenApi) {
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            add_problems(operation);
        }
    }
}

/// A description as text.
pub(super) fn printed(api: &utoipa::openapi::OpenApi) -> String {
    let mut text = api.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Every operation answers errors with problems, also where nobody wrote that down.
fn add_problems(operation: &mut Operation) {
    let problem = || {
        let schema = Ref::from_schema_name("Problem");
        ContentBuilder::new().schema(Some(schema)).build()
    };
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        let utoipa::openapi::RefOr::T(response) = response else {
            continue;
        };
        if status.starts_with('4') {
            response
                .content
                .insert(PROBLEM_MEDIA_TYPE.to_owned(), problem().into());
        }
    }
    let any: Response = ResponseBuilder::new()
        .description("Every error: `code` is stable, `detail` is for people")
        .content(PROBLEM_MEDIA_TYPE, problem())
        .build();
    responses.insert("default".to_owned(), any.into());
}
