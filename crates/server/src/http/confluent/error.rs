//! Everything that can go wrong, in this dialect's words.
//!
//! Owns the map from refusals to statuses and codes, and the shape of every error answer. Must not
//! word what a rule already words: `detail` is the rule's own sentence, because it is all that the
//! vendor's clients show.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_core::id::Kind;
use vestibule_core::invitation::Invitation;
use vestibule_core::organization::Organization;
use vestibule_core::user::{ServiceAccount, User};
use vestibule_core::{Id, Refusal};
use vestibule_wire::confluent as wire;

use crate::error::{AppError, Unauthenticated};
use crate::http::body::BodyError;
use crate::http::fault::{self, Fault};

/// Why a request is not answered with what it asked for.
///
/// As a response it has no body yet: `finish` of the routes renders it, which knows the request.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// A use case said no, or failed.
    App {
        /// What it said.
        error: AppError,
        /// The address of what is in the way.
        location: Option<String>,
    },
    /// The body is not readable.
    Body(BodyError),
    /// A member of the body is not what it should be.
    Field {
        /// JSON pointer to it.
        pointer: &'static str,
        /// What is wrong, for people.
        detail: String,
    },
    /// A query parameter is not what it should be.
    Parameter {
        /// Its name.
        name: String,
        /// What is wrong, for people.
        detail: &'static str,
    },
    /// What is asked for cannot happen to the thing as it is, and the vendor says 400 to that.
    BadState(Refusal),
    /// A member of a form is not what it should be.
    Form {
        /// Its name.
        name: &'static str,
        /// What is wrong, for people.
        detail: &'static str,
    },
    /// This server exchanges nobody's tokens.
    NoIssuer,
    /// A token of somebody else's is not believed; why, for people.
    NotBelieved(String),
    /// Nobody may act as this identity pool.
    NoPool,
    /// There is nothing at this path.
    UnknownPath,
    /// There is something at this path, but not for this method.
    UnknownMethod,
}

impl Failure {
    pub(super) fn field(pointer: &'static str, detail: impl Into<String>) -> Self {
        Self::Field {
            pointer,
            detail: detail.into(),
        }
    }

    pub(super) fn parameter(name: &str, detail: &'static str) -> Self {
        Self::Parameter {
            name: name.to_owned(),
            detail,
        }
    }

    pub(super) const fn form(name: &'static str, detail: &'static str) -> Self {
        Self::Form { name, detail }
    }

    /// There is no `K` with this id, as the caller spelled it.
    pub(super) fn not_found<K: Kind>(id: &str) -> Self {
        AppError::from(Refusal::not_found::<K>(id)).into()
    }

    /// The whole answer. `response` is what [`IntoResponse`] made of this; the headers it has got
    /// since stay.
    pub(super) fn render(&self, response: &mut Response, method: &Method, request_id: &str) {
        self.answer(method, request_id)
            .write(response, request_id, Shape::Failure);
    }

    /// As [`Failure::render`], for the session endpoints.
    pub(super) fn render_for_session(
        &self,
        response: &mut Response,
        method: &Method,
        request_id: &str,
    ) {
        self.answer(method, request_id)
            .write(response, request_id, Shape::Session);
    }

    fn answer(&self, method: &Method, request_id: &str) -> Answer {
        match self {
            Self::App { error, location } => Answer {
                location: location.clone(),
                ..of_app(error, method, request_id)
            },
            Self::Body(error) => of_body(error),
            Self::Field { pointer, detail } => {
                Answer::new(UNPROCESSABLE, detail.clone()).at(pointer)
            }
            Self::Parameter { name, detail } => {
                let detail = format!("the query parameter {name} is not usable: {detail}");
                Answer::new(BAD_FILTER, detail).about(name)
            }
            Self::BadState(refusal) => Answer::new(BAD_STATE, refusal.to_string()),
            Self::Form { name, detail } => {
                let detail = format!("the form's {name} is not usable: {detail}");
                Answer::new(MALFORMED, detail).about(name)
            }
            Self::NoIssuer => Answer::new(
                NOT_FOUND,
                "this server exchanges no tokens: no issuer is configured",
            ),
            Self::NotBelieved(reason) => Answer::new(
                UNAUTHENTICATED,
                format!("the subject_token is not believed: {reason}"),
            ),
            Self::NoPool => Answer::new(
                FORBIDDEN,
                "there is no identity pool with this id, or no service account behind it",
            )
            .about("identity_pool_id"),
            Self::UnknownPath => Answer::new(NOT_FOUND, "there is nothing at this path"),
            Self::UnknownMethod => {
                Answer::new(BAD_METHOD, "this method is not supported at this path")
            }
        }
    }
}

/// The answer to a request that met a fault of the server before it met a handler.
pub(super) fn of_request(fault: Fault, request_id: &str) -> Response {
    let mut response = Response::new(Body::empty());
    of_fault(fault).write(&mut response, request_id, Shape::Failure);
    response
}

/// The vendor's form of a challenge, with the realm that RFC 7617 asks for.
fn challenge(detail: &str) -> String {
    format!(
        "Basic realm=\"vestibule\", error=\"invalid_key\", error_description=\"{}\"",
        detail.replace(['"', '\\'], "'")
    )
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::App {
            error,
            location: None,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A status and the code that goes with it.
type Outcome = (StatusCode, &'static str);

// Codes as in the examples of the vendor's OpenAPI document; where it has none they are ours.
const MALFORMED: Outcome = (StatusCode::BAD_REQUEST, "malformed_request");
const BAD_FILTER: Outcome = (StatusCode::BAD_REQUEST, "invalid_filter");
const BAD_STATE: Outcome = (StatusCode::BAD_REQUEST, "bad_request");
const UNAUTHENTICATED: Outcome = (StatusCode::UNAUTHORIZED, "user_unauthenticated");
const QUOTA: Outcome = (StatusCode::PAYMENT_REQUIRED, "quota_exceeded");
const FORBIDDEN: Outcome = (StatusCode::FORBIDDEN, "user_unauthorized");
const NOT_FOUND: Outcome = (StatusCode::NOT_FOUND, "resource_not_found");
const BAD_METHOD: Outcome = (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
const EXISTS: Outcome = (StatusCode::CONFLICT, "resource_already_exists");
const CONFLICT: Outcome = (StatusCode::CONFLICT, "conflict");
const TOO_LARGE: Outcome = (StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large");
const MEDIA_TYPE: Outcome = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
const UNPROCESSABLE: Outcome = (StatusCode::UNPROCESSABLE_ENTITY, "invalid_configuration");
const TOO_SOON: Outcome = (StatusCode::TOO_MANY_REQUESTS, "rate_limited");
const INTERNAL: Outcome = (StatusCode::INTERNAL_SERVER_ERROR, "internal_error");
const UNAVAILABLE: Outcome = (StatusCode::SERVICE_UNAVAILABLE, "service_unavailable");

/// The form of an error answer's body.
#[derive(Clone, Copy)]
enum Shape {
    /// The one of all resources.
    Failure,
    /// The one that the session endpoints' client reads.
    Session,
}

/// An error answer before it meets its request.
struct Answer {
    status: StatusCode,
    code: &'static str,
    detail: String,
    source: Option<wire::ErrorSource>,
    location: Option<String>,
    retry_after: Option<i64>,
}

impl Answer {
    fn new((status, code): Outcome, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            source: None,
            location: None,
            retry_after: None,
        }
    }

    fn at(mut self, pointer: &str) -> Self {
        self.source = Some(wire::ErrorSource {
            pointer: Some(pointer.to_owned()),
            parameter: None,
        });
        self
    }

    fn about(mut self, name: &str) -> Self {
        self.source = Some(wire::ErrorSource {
            pointer: None,
            parameter: Some(name.to_owned()),
        });
        self
    }

    const fn after(mut self, seconds: i64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Writes status, headers and body.
    fn write(self, response: &mut Response, request_id: &str, shape: Shape) {
        let status = self.status;
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        if status == StatusCode::UNAUTHORIZED {
            set(header::WWW_AUTHENTICATE, &challenge(&self.detail));
        }
        if let Some(location) = &self.location {
            set(header::LOCATION, location);
        }
        if let Some(seconds) = self.retry_after {
            set(header::RETRY_AFTER, &seconds.to_string());
        }
        set(header::CONTENT_TYPE, "application/json");
        *response.status_mut() = status;
        let body = self.body(request_id, shape).unwrap_or_default();
        *response.body_mut() = Body::from(body);
    }

    fn body(self, request_id: &str, shape: Shape) -> serde_json::Result<Vec<u8>> {
        let error = wire::SessionError {
            code: self.status.as_u16(),
            message: self.detail.clone(),
        };
        let errors = vec![self.into_item(request_id)];
        match shape {
            Shape::Failure => serde_json::to_vec(&wire::Failure { errors }),
            Shape::Session => serde_json::to_vec(&wire::SessionFailure { error, errors }),
        }
    }

    fn into_item(self, request_id: &str) -> wire::ErrorItem {
        wire::ErrorItem {
            id: Some(request_id.to_owned()),
            status: Some(self.status.as_u16().to_string()),
            code: Some(self.code.to_owned()),
            title: self.status.canonical_reason().map(str::to_owned),
            detail: Some(self.detail),
            resolution: None,
            source: self.source,
        }
    }
}

fn of_app(error: &AppError, method: &Method, request_id: &str) -> Answer {
    match error {
        AppError::Refused(refusal) => of_refusal(refusal, method),
        AppError::Unauthenticated(reason) => unauthenticated(*reason),
        AppError::Store(_) | AppError::Inconsistent { .. } => {
            of_fault(fault::of_error(error, request_id))
        }
    }
}

/// Each 5xx costs a client of the vendor's fifteen seconds of repeating; only real faults are one.
fn of_fault(fault: Fault) -> Answer {
    match fault {
        Fault::Internal => Answer::new(
            INTERNAL,
            "the server failed; nothing is known to be wrong with the request",
        ),
        Fault::Unavailable => {
            Answer::new(UNAVAILABLE, "the server cannot reach its database now").after(1)
        }
        Fault::TimedOut => Answer::new(
            UNAVAILABLE,
            "this took too long; it is not known whether it was done",
        ),
    }
}

fn unauthenticated(reason: Unauthenticated) -> Answer {
    let detail = match reason {
        Unauthenticated::Missing => "an API key is needed, and the request has none",
        Unauthenticated::Invalid => "invalid API key: it is mistyped, revoked or of another server",
        Unauthenticated::Expired => "invalid API key: it has expired",
    };
    Answer::new(UNAUTHENTICATED, detail)
}

fn of_refusal(refusal: &Refusal, method: &Method) -> Answer {
    let words = refusal.to_string();
    match refusal {
        Refusal::InvalidEmail { .. } => Answer::new(UNPROCESSABLE, words).at("/email"),
        Refusal::InvalidName { .. }
        | Refusal::InvalidMessage { .. }
        | Refusal::InvalidLifetime
        | Refusal::NoRoles
        | Refusal::OutOfScope => Answer::new(UNPROCESSABLE, words),
        Refusal::NotPermitted(_)
        | Refusal::RoleAboveCeiling { .. }
        | Refusal::NotProjectOwner
        | Refusal::NotYourProject { .. }
        | Refusal::ProjectRoleAboveCeiling { .. }
        | Refusal::InviterLostRights
        | Refusal::NameNotYours
        | Refusal::NeedsPerson => Answer::new(FORBIDDEN, denied(words, method)),
        Refusal::LocalIntoSso => Answer::new(FORBIDDEN, words).at("/auth_type"),
        Refusal::NotFound { noun, .. } if *noun == Organization::NOUN => {
            // The organization is the key's own: whoever the key acts for is no member any more, so
            // the key opens nothing. A 404 would make the vendor's provider forget its resources.
            unauthenticated(Unauthenticated::Invalid)
        }
        Refusal::NotFound { noun, id } => {
            let id = spelled(noun, id);
            Answer::new(NOT_FOUND, format!("there is no {noun} with the id {id}"))
        }
        Refusal::LinkNotValid
        | Refusal::NotInTeam
        | Refusal::NotInProject { .. }
        | Refusal::TeamNotInProject => Answer::new(NOT_FOUND, words),
        Refusal::AlreadyMember
        | Refusal::AlreadyInProject
        | Refusal::AlreadyInTeam
        | Refusal::TeamInProject
        | Refusal::RoleHeld
        | Refusal::LiveInvitation { .. }
        | Refusal::TeamNameTaken
        | Refusal::ProjectNameTaken => Answer::new(EXISTS, words),
        Refusal::PendingLimit { .. }
        | Refusal::UserLimit { .. }
        | Refusal::TeamFull { .. }
        | Refusal::TooManyTeams { .. } => Answer::new(QUOTA, words),
        Refusal::ResendTooSoon { seconds } => Answer::new(TOO_SOON, words).after(*seconds),
        Refusal::TooManyInvitations { .. } => Answer::new(TOO_SOON, words).after(60),
        // The live service says 400 here, and that is what its clients decode.
        Refusal::AlreadyAccepted => Answer::new(BAD_STATE, words),
        Refusal::NotOpen { .. }
        | Refusal::NotMemberYet
        | Refusal::LastOwner
        | Refusal::RoleNotHeld
        | Refusal::OtherRequest
        | Refusal::TeamInUse
        | Refusal::VersionConflict => Answer::new(CONFLICT, words),
    }
}

/// The vendor's provider takes a 403 to a GET for "gone" and drops the resource from its state,
/// unless the body holds the words `invalid API key`.
fn denied(words: String, method: &Method) -> String {
    if method == Method::GET || method == Method::HEAD {
        format!("permission denied (or invalid API key): {words}")
    } else {
        words
    }
}

/// The id in this dialect's spelling; the use cases speak the native one.
fn spelled(noun: &str, id: &str) -> String {
    fn of<K: Kind>(noun: &str, id: &str) -> Option<String> {
        let id = Id::<K>::from_native(id).filter(|_| noun == K::NOUN)?;
        Some(id.to_confluent())
    }
    of::<Invitation>(noun, id)
        .or_else(|| of::<User>(noun, id))
        .or_else(|| of::<ServiceAccount>(noun, id))
        .unwrap_or_else(|| id.to_owned())
}

fn of_body(error: &BodyError) -> Answer {
    match error {
        BodyError::TooLarge => Answer::new(TOO_LARGE, "the body is larger than 1 MiB"),
        BodyError::MediaType => Answer::new(
            MEDIA_TYPE,
            "the body must be JSON, and Content-Type must say application/json",
        ),
        BodyError::Missing => Answer::new(MALFORMED, "the body is missing"),
        BodyError::Interrupted => Answer::new(MALFORMED, "the body did not come to its end"),
        BodyError::Malformed { line, column } => {
            let detail = format!("the body is not JSON: see line {line}, column {column}");
            Answer::new(MALFORMED, detail)
        }
        BodyError::Mismatch { pointer, reason } => {
            let answer = Answer::new(UNPROCESSABLE, reason.clone());
            if pointer.is_empty() {
                answer
            } else {
                answer.at(pointer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use vestibule_core::invitation::State;
    use vestibule_core::role::{Permission, RoleSet};

    use super::*;

    fn status_and_code(answer: &Answer) -> String {
        format!("{} {}", answer.status.as_u16(), answer.code)
    }

    fn table(refusals: &[Refusal]) -> String {
        let lines: Vec<_> = refusals
            .iter()
            .map(|refusal| {
                let answer = of_refusal(refusal, &Method::POST);
                format!("{}: {}", status_and_code(&answer), answer.detail)
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn refusals_about_projects_have_a_status_and_a_code_too() {
        let project = "p".into();
        let refusals = [
            Refusal::NotProjectOwner,
            Refusal::NotYourProject { project },
            Refusal::ProjectRoleAboveCeiling {
                roles: RoleSet::every(),
            },
            Refusal::AlreadyInProject,
            Refusal::NotInProject { user: "u".into() },
            Refusal::OutOfScope,
            Refusal::ProjectNameTaken,
            Refusal::TeamInUse,
            Refusal::TeamInProject,
            Refusal::TeamNotInProject,
        ];
        insta::assert_snapshot!(table(&refusals), @r"
        403 user_unauthorized: this needs an owner of the project or of the organization
        403 user_unauthorized: what somebody has in the project p is changed by an owner of it or of the organization
        403 user_unauthorized: you may not grant in this project: owner, cluster_manager, stream_owner, data_admin, data_writer, data_reader, database_access_admin, search_editor, backup_manager, observability_viewer, read_only
        409 resource_already_exists: this person has roles in the project already
        404 resource_not_found: this person has no roles in the project
        422 invalid_configuration: an invitation to a project promises roles in that project, and nothing else
        409 resource_already_exists: a project with this name exists already
        409 conflict: the team has roles in projects: take it off them first
        409 resource_already_exists: this team has roles in the project already
        404 resource_not_found: this team has no roles in the project
        ");
    }

    #[test]
    fn each_refusal_has_a_status_and_a_code() {
        let reason = "r";
        let refusals = [
            Refusal::InvalidEmail { reason },
            Refusal::InvalidName { field: "f", reason },
            Refusal::InvalidMessage { reason },
            Refusal::InvalidLifetime,
            Refusal::NoRoles,
            Refusal::NotPermitted(Permission::Invite),
            Refusal::RoleAboveCeiling {
                roles: RoleSet::every(),
            },
            Refusal::LocalIntoSso,
            Refusal::not_found::<Invitation>("i"),
            Refusal::not_found::<Organization>("o"),
            Refusal::AlreadyMember,
            Refusal::NotMemberYet,
            Refusal::NameNotYours,
            Refusal::LiveInvitation {
                id: Id::from_bytes([1; 12]),
            },
            Refusal::PendingLimit { limit: 1 },
            Refusal::UserLimit { limit: 2 },
            Refusal::ResendTooSoon { seconds: 7 },
            Refusal::NotOpen {
                state: State::Expired,
                wanted: "changed",
            },
            Refusal::AlreadyAccepted,
            Refusal::LinkNotValid,
            Refusal::InviterLostRights,
            Refusal::LastOwner,
            Refusal::TeamNameTaken,
            Refusal::VersionConflict,
            Refusal::NeedsPerson,
        ];
        insta::assert_snapshot!(table(&refusals), @r"
        422 invalid_configuration: this is not an e-mail address: r
        422 invalid_configuration: the f is not usable: r
        422 invalid_configuration: the message is not usable: r
        422 invalid_configuration: an invitation stays open for at least 60 seconds and at most 365 days
        422 invalid_configuration: at least one role is needed
        403 user_unauthorized: this needs the permission to invite people
        403 user_unauthorized: you may not grant: owner, user_admin, project_creator, billing_admin, billing_viewer, stream_admin, read_only, member
        403 user_unauthorized: the organization has single sign-on: only an owner may invite people with a local account
        404 resource_not_found: there is no invitation with the id i
        401 user_unauthenticated: invalid API key: it is mistyped, revoked or of another server
        409 resource_already_exists: this person is a member of the organization already
        409 conflict: this person was invited, and has not accepted
        403 user_unauthorized: only this person can change their name
        409 resource_already_exists: this address has an open invitation already
        402 quota_exceeded: the number of open invitations in this organization is currently limited to 1
        402 quota_exceeded: the number of people in this organization is currently limited to 2
        429 rate_limited: the invitation was sent a moment ago; send it again in 7 seconds
        409 conflict: the invitation is expired, so it cannot be changed
        400 bad_request: Bad Request. The invitation was already accepted
        404 resource_not_found: this invitation link is not valid, or not valid any more
        403 user_unauthorized: whoever sent this invitation may no longer grant its roles; ask for a new one
        409 conflict: the organization would have no owner left
        409 resource_already_exists: a team with this name exists already
        409 conflict: it was changed in the meantime: read it again
        403 user_unauthorized: a service account cannot do this: it needs a person
        ");
    }

    #[test]
    fn a_denial_on_a_get_keeps_the_vendors_provider_from_forgetting() {
        let refusal = Refusal::NotPermitted(Permission::View);
        for method in [Method::GET, Method::HEAD] {
            let answer = of_refusal(&refusal, &method);
            assert!(answer.detail.contains("invalid API key"));
        }
        let answer = of_refusal(&refusal, &Method::DELETE);
        assert!(!answer.detail.contains("invalid API key"));
    }

    #[test]
    fn a_fault_says_nothing_of_its_cause() {
        for (fault, expected) in [
            (Fault::Internal, "500 internal_error"),
            (Fault::Unavailable, "503 service_unavailable"),
            (Fault::TimedOut, "503 service_unavailable"),
        ] {
            assert_eq!(status_and_code(&of_fault(fault)), expected);
        }
        let error = AppError::Inconsistent { what: "secret" };
        let answer = of_app(&error, &Method::GET, "request");
        assert!(!answer.detail.contains("secret"));
    }
}
