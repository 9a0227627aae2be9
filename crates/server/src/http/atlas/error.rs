//! Everything that can go wrong, in this dialect's words.
//!
//! Owns the map from refusals to codes, and the shape of error answers. Must not know statuses:
//! they stand in one table with the codes.
#![deny(clippy::wildcard_enum_match_arm)]

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use vestibule_core::id::Kind;
use vestibule_core::invitation::Invitation;
use vestibule_core::organization::Organization;
use vestibule_core::project::Project;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal};
use vestibule_wire::atlas::{ApiError, BadRequestDetail, BadRequestField};

pub(super) use super::code::Code;
use super::{project_roles, roles};
use crate::error::AppError;
use crate::http::body::BodyError;
use crate::http::fault::{self, Fault};

/// An error answer.
#[derive(Debug)]
pub(super) struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    detail: String,
    parameters: Vec<Value>,
    fields: Vec<BadRequestField>,
    header: Option<(HeaderName, String)>,
}

impl Failure {
    /// The same error, with 409 if it says that somebody was invited twice.
    pub(super) fn duplicate_as_conflict(self) -> Self {
        self.recoded(Code::UserAlreadyInOrg, Code::UserAlreadyInOrgConflict)
            .recoded(Code::UserAlreadyInvited, Code::UserAlreadyInvitedConflict)
            .recoded(Code::UserAlreadyInGroup, Code::UserAlreadyInGroupConflict)
    }

    /// The same error, with another code if it has this one.
    pub(super) fn recoded(mut self, from: Code, to: Code) -> Self {
        if self.0.code == from {
            self.0.code = to;
        }
        self
    }

    /// The same error with a header.
    pub(super) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        self.0.header = Some((name, value.to_owned()));
        self
    }

    /// Which error it is.
    pub(super) const fn code(&self) -> Code {
        self.0.code
    }

    /// A client that asks too often, and in how many seconds it may ask again.
    pub(super) fn rate_limited(resource: &str, limit: i64, wait: i64) -> Self {
        let detail = format!("Resource {resource} is limited to {limit} requests every 1 minutes.");
        let mut failure = Self::about(Code::RateLimited, detail, resource);
        failure.0.parameters.extend([limit.into(), 1.into()]);
        failure.with_header(header::RETRY_AFTER, &wait.to_string())
    }

    /// A method that there is not at this path.
    pub(super) fn wrong_method(method: &str) -> Self {
        let detail = format!("The method {method} is not allowed here.");
        Self::about(Code::MethodNotAllowed, detail, method)
    }

    /// An error with a detail for people.
    pub(super) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            parameters: Vec::new(),
            fields: Vec::new(),
            header: None,
        }))
    }

    /// An error whose detail quotes a value.
    pub(super) fn about(code: Code, detail: impl Into<String>, value: impl Into<String>) -> Self {
        let mut failure = Self::new(code, detail);
        failure.0.parameters.push(Value::String(value.into()));
        failure
    }

    /// An error in one member of the body or one parameter of the query.
    pub(super) fn field(code: Code, field: &str, description: impl Into<String>) -> Self {
        let description = description.into();
        let mut failure = Self::about(code, format!("{field}: {description}"), field);
        failure.0.fields.push(BadRequestField {
            description,
            field: field.to_owned(),
        });
        failure
    }

    /// A member of the body that is not there.
    pub(super) fn missing(field: &str) -> Self {
        let detail = format!("The required attribute {field} was not specified.");
        Self::about(Code::MissingAttribute, detail, field)
    }

    /// An id of an invitation that is none, or none any more.
    pub(super) fn invitation_id(id: &str) -> Self {
        let detail = format!("An invalid invitation ID {id} was specified.");
        Self::about(Code::InvalidInvitationId, detail, id)
    }

    /// A request without a valid credential, and what to answer it with.
    pub(super) fn unauthenticated(challenge: String) -> Self {
        let mut failure = Self::new(
            Code::Unauthenticated,
            "You are not authorized for this resource.",
        );
        failure.0.header = Some((header::WWW_AUTHENTICATE, challenge));
        failure
    }

    /// What a rule said, in this dialect's words.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        refused(refusal)
    }

    /// What a use case said, in this dialect's words. A fault of ours is logged here.
    pub(super) fn of(error: &AppError, request_id: &str) -> Self {
        match error {
            AppError::Refused(refusal) => Self::refused(refusal),
            // The dialect checks credentials before it begins a use case; see `auth`.
            AppError::Unauthenticated(_) => Self::new(
                Code::Unauthenticated,
                "You are not authorized for this resource.",
            ),
            AppError::Store(_) | AppError::Inconsistent { .. } => {
                of_fault(fault::of_error(error, request_id))
            }
        }
    }
}

fn refused(refusal: &Refusal) -> Failure {
    let told = |code| Failure::new(code, sentence(refusal));
    match refusal {
        Refusal::InvalidEmail { reason } => Failure::new(
            Code::InvalidEmailAddress,
            format!("An invalid email address was specified: {reason}."),
        ),
        Refusal::InvalidName { reason, .. } => {
            Failure::field(Code::InvalidAttribute, "name", *reason)
        }
        Refusal::InvalidMessage { .. } | Refusal::InvalidLifetime => told(Code::InvalidAttribute),
        Refusal::NoRoles => Failure::field(
            Code::InvalidAttribute,
            "roles",
            "At least one role is needed.",
        ),
        Refusal::NotPermitted(_) | Refusal::LocalIntoSso => told(Code::NotOrgOwner),
        Refusal::RoleAboveCeiling { roles } => {
            let names = roles::names(*roles).join(", ");
            Failure::new(Code::NotOrgOwner, format!("You may not grant: {names}."))
        }
        Refusal::NotProjectOwner => told(Code::NotGroupUserAdmin),
        Refusal::NotYourProject { project } => {
            let project = hex::<Project>(project);
            let named = Refusal::NotYourProject { project };
            Failure::new(Code::NotGroupUserAdmin, sentence(&named))
        }
        Refusal::ProjectRoleAboveCeiling { roles } => {
            let names = project_roles::names(*roles).join(", ");
            let detail = format!("You may not grant in this project: {names}.");
            Failure::new(Code::NotGroupUserAdmin, detail)
        }
        Refusal::NotInProject { user } => {
            let id = hex::<User>(user);
            let detail = format!("The user with ID {id} is not in the project.");
            Failure::about(Code::UserNotInGroup, detail, id)
        }
        Refusal::AlreadyInProject => told(Code::UserAlreadyInGroup),
        Refusal::OutOfScope => told(Code::InvalidAttribute),
        Refusal::ProjectNameTaken => told(Code::GroupNameTaken),
        Refusal::NotFound { noun, id } => not_found(noun, id),
        Refusal::AlreadyMember => told(Code::UserAlreadyInOrg),
        Refusal::LiveInvitation { .. } => told(Code::UserAlreadyInvited),
        Refusal::PendingLimit { .. } | Refusal::UserLimit { .. } => told(Code::MaxUsersPerOrg),
        Refusal::ResendTooSoon { seconds } => {
            let mut failure = told(Code::RateLimited);
            failure.0.header = Some((header::RETRY_AFTER, seconds.to_string()));
            failure
        }
        // To this API an invitation that is not open is not there.
        Refusal::NotOpen { .. } | Refusal::AlreadyAccepted | Refusal::LinkNotValid => {
            told(Code::InvalidInvitationId)
        }
        Refusal::InviterLostRights | Refusal::NameNotYours | Refusal::NeedsPerson => {
            told(Code::UserUnauthorized)
        }
        Refusal::LastOwner => told(Code::LastOwner),
        Refusal::TeamNameTaken => told(Code::TeamNameTaken),
        Refusal::AlreadyInTeam => told(Code::UserAlreadyInTeam),
        Refusal::NotInTeam => told(Code::UserNotInTeam),
        Refusal::TeamInUse => told(Code::TeamOnProject),
        Refusal::TeamInProject => told(Code::TeamExistsInGroup),
        Refusal::TeamNotInProject => told(Code::TeamNotInGroup),
        Refusal::TeamFull { .. } => told(Code::MaxUsersPerTeam),
        Refusal::TooManyTeams { .. } => told(Code::MaxTeamsPerUser),
        Refusal::RoleHeld => told(Code::RoleAlreadyGranted),
        Refusal::RoleNotHeld => told(Code::RoleNotGranted),
        Refusal::TooManyInvitations { limit } => Failure::about(
            Code::InvitationsRateLimited,
            sentence(refusal),
            limit.to_string(),
        ),
        Refusal::VersionConflict | Refusal::OtherRequest | Refusal::NotMemberYet => {
            told(Code::Conflict)
        }
    }
}

/// What is not there, under the name that the caller has for it.
fn not_found(noun: &str, id: &str) -> Failure {
    let about = |code, detail: String, id: String| Failure::about(code, detail, id);
    if noun == Organization::NOUN {
        let id = hex::<Organization>(id);
        let detail = format!("No organization with ID {id} exists.");
        return about(Code::OrgNotFound, detail, id);
    }
    if noun == Invitation::NOUN && id.contains('@') {
        let detail = format!("No invitation for the username {id} is pending.");
        return about(Code::UsernameNotFound, detail, id.to_owned());
    }
    if noun == Invitation::NOUN {
        return Failure::invitation_id(&hex::<Invitation>(id));
    }
    if noun == Team::NOUN {
        let id = hex::<Team>(id);
        let detail = format!("No team with ID {id} exists.");
        return about(Code::TeamNotFound, detail, id);
    }
    if noun == Project::NOUN {
        let id = hex::<Project>(id);
        let detail = format!("No group with ID {id} exists.");
        return about(Code::GroupNotFound, detail, id);
    }
    if noun == User::NOUN && id.contains('@') {
        let detail = format!("No user with username {id} exists.");
        return about(Code::UsernameNotFound, detail, id.to_owned());
    }
    if noun == User::NOUN {
        let id = hex::<User>(id);
        let detail = format!("The user with ID {id} is not in the organization.");
        return about(Code::UserNotInOrg, detail, id);
    }
    let detail = format!("Cannot find resource {id}.");
    about(Code::ResourceNotFound, detail, id.to_owned())
}

/// The spelling of an id that this dialect's callers know.
fn hex<K: Kind>(id: &str) -> String {
    Id::<K>::from_native(id).map_or_else(|| id.to_owned(), Id::to_hex)
}

/// A refusal's words with a capital in front and a stop at the end, as this vendor writes.
fn sentence(refusal: &Refusal) -> String {
    let words = refusal.to_string();
    let mut rest = words.chars();
    let mut out: String = rest
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    out.push_str(rest.as_str());
    if !out.ends_with('.') {
        out.push('.');
    }
    out
}

/// The parser's words without the names of our types.
fn readable(reason: &str) -> String {
    match reason.split_once("expected struct ") {
        Some((found, _)) => format!("{found}expected an object"),
        None => reason.to_owned(),
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::new(
                Code::RequestTooLarge,
                "The request body is larger than 1048576 bytes.",
            ),
            BodyError::MediaType => Self::new(
                Code::UnsupportedMediaType,
                "The request body must be JSON, and its Content-Type must say so.",
            ),
            BodyError::Missing => Self::new(Code::InvalidJson, "The request has no body."),
            BodyError::Interrupted => Self::new(
                Code::MalformedJson,
                "The request body did not come to its end.",
            ),
            BodyError::Malformed { line, column } => Self::new(
                Code::MalformedJson,
                format!("Received JSON is malformed at line {line}, column {column}."),
            ),
            BodyError::Mismatch { pointer, reason } => {
                let field = pointer.trim_start_matches('/').replace('/', ".");
                if field.is_empty() {
                    return Self::new(Code::InvalidJson, "Received JSON is no object.");
                }
                Self::field(Code::InvalidJsonAttribute, &field, readable(&reason))
            }
        }
    }
}

/// How many characters of what a caller sent are sent back.
const MAX_QUOTED: usize = 300;

impl Inner {
    /// Cuts off what is too long: an error answer may quote what a caller sent, but is not there to
    /// carry it back.
    fn shorten(&mut self) {
        let cut = |text: &mut String| {
            if let Some((end, _)) = text.char_indices().nth(MAX_QUOTED) {
                text.truncate(end);
                text.push('…');
            }
        };
        cut(&mut self.detail);
        for value in &mut self.parameters {
            if let Value::String(text) = value {
                cut(text);
            }
        }
        for complaint in &mut self.fields {
            cut(&mut complaint.field);
            cut(&mut complaint.description);
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut inner = *self.0;
        inner.shorten();
        let (status, code) = inner.code.row();
        let unauthenticated = inner.code == Code::Unauthenticated;
        let body = ApiError {
            bad_request_detail: (!inner.fields.is_empty()).then_some(BadRequestDetail {
                fields: inner.fields,
            }),
            detail: Some(inner.detail),
            error: status.as_u16(),
            error_code: code.to_owned(),
            // Recorded: a 401 has none, other errors have an empty list.
            parameters: (!unauthenticated).then_some(inner.parameters),
            reason: status.canonical_reason().map(str::to_owned),
        };
        // Recorded: a 401 is the only answer that is spread over several lines.
        let encoded = if unauthenticated {
            serde_json::to_vec_pretty(&body)
        } else {
            serde_json::to_vec(&body)
        };
        let mut response = (status, encoded.unwrap_or_default()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert("x-error-code", HeaderValue::from_static(code));
        if let Some((name, value)) = inner.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            headers.insert(name, value);
        }
        response.extensions_mut().insert(inner.code);
        response
    }
}

/// The answer to a request that our own fault has kept from being answered.
pub(crate) fn fault(fault: Fault, _request_id: &str) -> Response {
    of_fault(fault).into_response()
}

fn of_fault(fault: Fault) -> Failure {
    match fault {
        Fault::Internal => Failure::new(Code::Unexpected, "Unexpected error."),
        Fault::Unavailable => {
            let mut failure = Failure::new(
                Code::Unavailable,
                "The service is not available at the moment. Try again.",
            );
            failure.0.header = Some((header::RETRY_AFTER, "1".to_owned()));
            failure
        }
        Fault::TimedOut => Failure::new(
            Code::TimedOut,
            "The request took too long; whether it was done is not known.",
        ),
    }
}
