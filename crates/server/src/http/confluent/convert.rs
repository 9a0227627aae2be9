//! Between the core's types and the shapes of this dialect.
//!
//! Owns the dialect's spellings: ids, CRNs, links, statuses, authentication types. Must not decide
//! anything, and must not read a request's headers: every link begins with the configured public
//! address.

use vestibule_core::invitation::{Invitation, Reason, State};
use vestibule_core::key::Principal;
use vestibule_core::organization::Organization;
use vestibule_core::user::{AuthType, ServiceAccount, User};
use vestibule_core::{EmailAddress, Id, Timestamp};
use vestibule_wire::confluent as wire;

use super::error::Failure;
use crate::app::App;
use crate::ops::invitations::NewInvitation;
use crate::settings::ConfluentSettings;

/// Path of the invitations, below the public address.
pub(super) const INVITATIONS: &str = "/iam/v2/invitations";
/// Path of the users, below the public address.
pub(super) const USERS: &str = "/iam/v2/users";
/// Path of the service accounts, below the public address.
pub(super) const SERVICE_ACCOUNTS: &str = "/iam/v2/service-accounts";

/// Host of the vendor's resource names; part of the name, not an address.
const CRN: &str = "crn://confluent.cloud";

/// What a body asks for. Read-only and unknown members of the body are gone by now.
pub(super) fn new_invitation(body: &wire::InvitationCreate) -> Result<NewInvitation, Failure> {
    // This API knows no roles in invitations: whoever accepts is a member and nothing more, until
    // role bindings say otherwise.
    let email = posted_email(body.email.as_deref())?;
    Ok(NewInvitation {
        auth_type: posted_auth_type(body.auth_type.as_deref())?,
        ..NewInvitation::of(email)
    })
}

fn posted_email(text: Option<&str>) -> Result<EmailAddress, Failure> {
    let text = text.ok_or_else(|| Failure::field("/email", "an e-mail address is needed"))?;
    let email = EmailAddress::parse(text)
        .map_err(|refusal| Failure::field("/email", refusal.to_string()))?;
    // Terraform compares what comes back with what it sent: a trimmed address would be replaced by
    // every plan.
    if email.display() == text {
        Ok(email)
    } else {
        let detail = "this is not an e-mail address: it has spaces around it";
        Err(Failure::field("/email", detail))
    }
}

/// An empty text is what the vendor's provider has for "not set".
fn posted_auth_type(text: Option<&str>) -> Result<Option<AuthType>, Failure> {
    match text {
        None | Some("") => Ok(None),
        Some(wire::AUTH_TYPE_LOCAL) => Ok(Some(AuthType::Local)),
        Some(wire::AUTH_TYPE_SSO) => Ok(Some(AuthType::Sso)),
        Some(_) => Err(Failure::field(
            "/auth_type",
            "the auth_type is neither AUTH_TYPE_LOCAL nor AUTH_TYPE_SSO",
        )),
    }
}

/// What the looks of things depend on beside themselves.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    now: Timestamp,
    pub(super) public_url: &'a str,
    settings: &'a ConfluentSettings,
    mail_is_on: bool,
}

/// What a status says of an invitation.
pub(super) enum Meant {
    /// It is in this state.
    State(State),
    /// No invitation looks so on this server.
    Nothing,
}

impl<'a> Look<'a> {
    /// How things look at `now`.
    pub(super) fn of(app: &'a App, now: Timestamp) -> Self {
        Self {
            now,
            public_url: &app.settings().public_url,
            settings: &app.settings().confluent,
            mail_is_on: app.mailer().is_on(),
        }
    }

    fn status(&self, invitation: &Invitation) -> &'static str {
        match invitation.state_at(self.now) {
            State::Sent if self.shows_staged() => wire::STATUS_STAGED,
            State::Deactivated
                if self.settings.ended_shows_accepted && invitation.accepted_at.is_some() =>
            {
                wire::STATUS_ACCEPTED
            }
            state => status(state),
        }
    }

    const fn shows_staged(&self) -> bool {
        self.settings.staged_without_mail && !self.mail_is_on
    }

    /// What an invitation with this status is, if any can be; `None` for what is no status.
    pub(super) fn meant_by(&self, text: &str) -> Option<Meant> {
        let named = State::ALL
            .into_iter()
            .find(|known| status(*known) == text)?;
        Some(match named {
            State::Sent if self.shows_staged() => Meant::Nothing,
            State::Staged if self.shows_staged() => Meant::State(State::Sent),
            state => Meant::State(state),
        })
    }
}

/// An invitation as it looks.
pub(super) fn invitation(invitation: &Invitation, look: &Look<'_>) -> wire::Invitation {
    let public_url = look.public_url;
    let id = invitation.id.confluent();
    let organization = invitation.organization.uuid();
    let (id_text, organization) = (id.as_str(), organization.as_str());
    let name = [CRN, "/organization=", organization, "/invitation=", id_text];
    let withdrawn = invitation.reason == Some(Reason::Revoked);
    wire::Invitation {
        api_version: wire::API_VERSION.to_owned(),
        kind: wire::KIND_INVITATION.to_owned(),
        metadata: wire::Metadata {
            self_url: invitation_url(invitation.id, public_url),
            resource_name: Some(name.concat()),
            created_at: Some(invitation.created_at.to_rfc3339()),
            updated_at: Some(invitation.updated_at.to_rfc3339()),
            deleted_at: invitation
                .ended_at
                .filter(|_| withdrawn)
                .map(Timestamp::to_rfc3339),
        },
        id: id.into(),
        email: invitation.email.display().to_owned(),
        auth_type: Some(auth_type(invitation.auth_type).to_owned()),
        status: look.status(invitation).to_owned(),
        accepted_at: invitation.accepted_at.map(Timestamp::to_rfc3339),
        expires_at: Some(invitation.expires_at.to_rfc3339()),
        user: Some(user_reference(invitation.user, public_url)),
        creator: Some(creator(invitation, public_url)),
    }
}

/// The address of an invitation.
pub(super) fn invitation_url(id: Id<Invitation>, public_url: &str) -> String {
    [public_url, INVITATIONS, "/", id.confluent().as_str()].concat()
}

/// A user; an invitee has one as well, whose name is not known yet.
pub(super) fn user(user: &User, public_url: &str) -> wire::User {
    let reference = user_reference(user.id, public_url);
    wire::User {
        api_version: wire::API_VERSION.to_owned(),
        kind: wire::KIND_USER.to_owned(),
        id: reference.id,
        metadata: wire::Metadata {
            self_url: reference.related,
            resource_name: Some(reference.resource_name),
            created_at: Some(user.created_at.to_rfc3339()),
            updated_at: Some(user.updated_at.to_rfc3339()),
            deleted_at: None,
        },
        email: user.email.display().to_owned(),
        full_name: Some(user.full_name.clone()),
        auth_type: Some(auth_type(user.auth_type).to_owned()),
    }
}

/// A service account. What it is for is not kept: its name has to say it.
pub(super) fn service_account(account: &ServiceAccount, public_url: &str) -> wire::ServiceAccount {
    let reference = service_account_reference(account.organization, account.id, public_url);
    wire::ServiceAccount {
        api_version: wire::API_VERSION.to_owned(),
        kind: wire::KIND_SERVICE_ACCOUNT.to_owned(),
        id: reference.id,
        metadata: wire::Metadata {
            self_url: reference.related,
            resource_name: Some(reference.resource_name),
            created_at: Some(account.created_at.to_rfc3339()),
            updated_at: Some(account.created_at.to_rfc3339()),
            deleted_at: None,
        },
        display_name: account.name.clone(),
        description: String::new(),
    }
}

/// The address of a user.
pub(super) fn user_url(id: Id<User>, public_url: &str) -> String {
    [public_url, USERS, "/", id.confluent().as_str()].concat()
}

/// A person, as the session endpoints show one.
pub(super) fn session_user(user: &User) -> wire::SessionUser {
    wire::SessionUser {
        id: 1,
        email: user.email.display().to_owned(),
        first_name: user.full_name.clone(),
        resource_id: user.id.to_confluent(),
        auth_type: auth_type(user.auth_type).to_owned(),
    }
}

/// An organization, as the session endpoints show one.
pub(super) fn session_organization(organization: &Organization) -> wire::SessionOrganization {
    wire::SessionOrganization {
        id: 1,
        resource_id: organization.id.to_uuid(),
        name: organization.name.clone(),
    }
}

fn service_account_reference(
    organization: Id<Organization>,
    id: Id<ServiceAccount>,
    public_url: &str,
) -> wire::ObjectReference {
    let id = id.confluent();
    let organization = organization.uuid();
    let (id_text, organization) = (id.as_str(), organization.as_str());
    let name = [
        CRN,
        "/organization=",
        organization,
        "/service-account=",
        id_text,
    ];
    wire::ObjectReference {
        api_version: Some(wire::API_VERSION.to_owned()),
        kind: Some(wire::KIND_SERVICE_ACCOUNT.to_owned()),
        related: [public_url, SERVICE_ACCOUNTS, "/", id_text].concat(),
        resource_name: name.concat(),
        id: id.into(),
    }
}

fn user_reference(id: Id<User>, public_url: &str) -> wire::ObjectReference {
    let id_text = id.to_confluent();
    wire::ObjectReference {
        api_version: Some(wire::API_VERSION.to_owned()),
        kind: Some(wire::KIND_USER.to_owned()),
        related: user_url(id, public_url),
        // Without the organization, as in the fixtures of the vendor's provider.
        resource_name: [CRN, "/user=", &id_text].concat(),
        id: id_text,
    }
}

/// Who invited: a person, also when one of their keys did it, or a service account.
fn creator(invitation: &Invitation, public_url: &str) -> wire::ObjectReference {
    match invitation.inviter.principal {
        Principal::User(id) => user_reference(id, public_url),
        Principal::ServiceAccount(id) => {
            service_account_reference(invitation.organization, id, public_url)
        }
    }
}

/// The principal with this id, as the filter `creator` names it.
pub(super) fn principal(text: &str) -> Option<Principal> {
    Id::from_confluent(text)
        .map(Principal::User)
        .or_else(|| Id::from_confluent(text).map(Principal::ServiceAccount))
}

const fn status(state: State) -> &'static str {
    match state {
        State::Staged => wire::STATUS_STAGED,
        State::Sent => wire::STATUS_SENT,
        State::Accepted => wire::STATUS_ACCEPTED,
        State::Expired => wire::STATUS_EXPIRED,
        State::Deactivated => wire::STATUS_DEACTIVATED,
    }
}

const fn auth_type(auth_type: AuthType) -> &'static str {
    match auth_type {
        AuthType::Local => wire::AUTH_TYPE_LOCAL,
        AuthType::Sso => wire::AUTH_TYPE_SSO,
    }
}
