//! Everything that can go wrong, as RFC 9457 problems.
//!
//! Owns the shape and the headers of every error answer. Must not word what a rule already words,
//! except where a rule's words are another dialect's.
#![deny(clippy::wildcard_enum_match_arm)]

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_core::id::Kind;
use vestibule_core::organization::Organization;
use vestibule_core::project::Project;
use vestibule_core::team::Team;
use vestibule_core::{Id, Refusal};
use vestibule_wire::native::{PROBLEM_MEDIA_TYPE, Problem, ProblemError};

use super::answer;
use super::refusals::{VERSION_CONFLICT, hint_for, member_of, status_and_code};
use crate::error::{AppError, Unauthenticated};
use crate::http::body::{BodyError, MAX_BYTES};
use crate::http::fault::{self, Fault};

/// An error answer, ready to be sent.
#[derive(Debug)]
pub(crate) struct Failure {
    problem: Box<Problem>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What was looked for and not found.
    missing: Option<&'static str>,
}

impl Failure {
    /// An error of this status and code, told in these words.
    pub(super) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            problem: Box::new(Problem {
                kind: "about:blank".to_owned(),
                title: status.canonical_reason().unwrap_or_default().to_owned(),
                status: status.as_u16(),
                detail: detail.into(),
                code: code.to_owned(),
                instance: None,
                errors: Vec::new(),
                hint: None,
            }),
            headers: Vec::new(),
            missing: None,
        }
    }

    fn pointer(mut self, pointer: &str, detail: impl Into<String>) -> Self {
        self.problem.errors.push(ProblemError {
            pointer: pointer.to_owned(),
            detail: detail.into(),
        });
        self
    }

    /// The same error with advice.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.problem.hint = Some(hint.into());
        self
    }

    /// The same error with a header.
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// A use case failed in this organization.
    pub(super) fn of(error: &AppError, organization: Id<Organization>, request_id: &str) -> Self {
        match error {
            AppError::Refused(refusal) => Self::refused(refusal, organization),
            AppError::Unauthenticated(reason) => Self::unauthenticated(*reason),
            AppError::Store(_) | AppError::Inconsistent { .. } => {
                Self::fault(fault::of_error(error, request_id), request_id)
            }
        }
    }

    /// Something failed on our side.
    pub(super) fn fault(fault: Fault, request_id: &str) -> Self {
        let mut failure = match fault {
            Fault::Internal => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "something went wrong on our side",
            ),
            Fault::Unavailable => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "the database is not available at the moment",
            )
            .header(header::RETRY_AFTER, "1"),
            Fault::TimedOut => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "timed_out",
                "this took too long; whether it was done is not known",
            ),
        };
        failure.problem.instance = Some(format!("urn:vestibule:request:{request_id}"));
        failure
    }

    /// The credential was not taken.
    pub(super) fn unauthenticated(reason: Unauthenticated) -> Self {
        let (code, challenge) = match reason {
            Unauthenticated::Missing => ("credential_missing", "Bearer realm=\"vestibule\""),
            Unauthenticated::Invalid => (
                "credential_invalid",
                "Bearer realm=\"vestibule\", error=\"invalid_token\"",
            ),
            Unauthenticated::Expired => (
                "credential_expired",
                "Bearer realm=\"vestibule\", error=\"invalid_token\"",
            ),
        };
        Self::new(StatusCode::UNAUTHORIZED, code, reason.to_string())
            .header(header::WWW_AUTHENTICATE, challenge)
            .hint("send a native key or an access token: Authorization: Bearer vstk_…")
    }

    /// A rule said no.
    pub(super) fn refused(refusal: &Refusal, organization: Id<Organization>) -> Self {
        let (status, code) = status_and_code(refusal);
        let detail = if *refusal == Refusal::AlreadyAccepted {
            // The rule's own words are Confluent's.
            "the invitation was already accepted".to_owned()
        } else {
            refusal.to_string()
        };
        let mut failure = Self::new(status, code, detail.clone());
        if let Some(pointer) = member_of(refusal) {
            failure = failure.pointer(pointer, detail);
        }
        if let Some(hint) = hint_for(refusal) {
            failure = failure.hint(hint);
        }
        if let Refusal::NotFound { noun, .. } = refusal {
            failure.missing = Some(noun);
        }
        if let Refusal::LiveInvitation { id } = refusal {
            let path = answer::invitation_path(organization, *id);
            failure = failure.header(header::LOCATION, &path);
        }
        if let Refusal::ResendTooSoon { seconds } = refusal {
            failure = failure.header(header::RETRY_AFTER, &seconds.to_string());
        }
        failure
    }

    /// The body is well-formed, but these members of it are wrong.
    pub(super) fn members(errors: Vec<ProblemError>) -> Self {
        let mut failure = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_body",
            "the body is not what this operation takes",
        );
        failure.problem.errors = errors;
        failure
    }

    /// A query parameter, or a header, is wrong.
    pub(super) fn parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_parameter",
            "a parameter is not what this operation takes",
        )
        .pointer(name, detail)
    }

    /// There is nothing under this path.
    pub(super) fn no_such_path() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "no_such_path",
            "there is nothing under this path",
        )
        .hint("the API is described at /docs and /openapi.json")
    }

    /// There is something under this path, but not with this method.
    pub(super) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this path does not take this method",
        )
    }

    /// What is missing was named by this member of the body, not by the path: then the body is wrong,
    /// and there is something under the path.
    pub(super) fn named_in_body<K: Kind>(self, pointer: &str, detail: &str) -> Self {
        if self.missing != Some(K::NOUN) {
            return self;
        }
        Self::members(vec![ProblemError {
            pointer: pointer.to_owned(),
            detail: detail.to_owned(),
        }])
    }

    /// [`Self::named_in_body`] for bodies that promise or give: teams, and roles in projects.
    pub(super) fn promised(self) -> Self {
        let team = "a team that it names is not one of this organization";
        let project = "a project that it names is not one of this organization";
        self.named_in_body::<Team>("/teams", team)
            .named_in_body::<Project>("/project_roles", project)
    }

    /// The caller's own condition failed, if it set one: that has a status of its own.
    pub(super) fn conditional(mut self, condition: Option<i64>) -> Self {
        if condition.is_some() && self.problem.code == VERSION_CONFLICT {
            let status = StatusCode::PRECONDITION_FAILED;
            self.problem.status = status.as_u16();
            self.problem.title = status.canonical_reason().unwrap_or_default().to_owned();
        }
        self
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                format!("the body is larger than {MAX_BYTES} bytes"),
            ),
            BodyError::MediaType => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "the body is not declared as JSON",
            )
            .hint("send Content-Type: application/json"),
            BodyError::Missing => Self::new(
                StatusCode::BAD_REQUEST,
                "body_missing",
                "this operation takes a JSON body, and the request has none",
            ),
            BodyError::Interrupted => Self::new(
                StatusCode::BAD_REQUEST,
                "body_interrupted",
                "the body did not come to its end",
            ),
            BodyError::Malformed { line, column } => Self::new(
                StatusCode::BAD_REQUEST,
                "malformed_json",
                format!("the body is not JSON: reading stopped at line {line}, column {column}"),
            ),
            BodyError::Mismatch { pointer, reason } => Self::members(vec![ProblemError {
                pointer,
                detail: reason,
            }]),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = answer::body(status, PROBLEM_MEDIA_TYPE, &*self.problem);
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}
