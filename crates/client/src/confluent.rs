//! Client of Confluent Cloud IAM v2: invitations and users.
//!
//! Owns paths, paging and the reading of `Failure` bodies. "Not found" is HTTP 404 and nothing
//! else: the vendor's own provider also takes most 403 for it, and then drops state.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use vestibule_wire::confluent::{
    Failure, Invitation, InvitationCreate, List, STATUS_SENT, STATUS_STAGED, User,
};

use crate::auth::Auth;
use crate::auth::exchange::TokenExchange;
pub use crate::auth::exchange::{ExternalToken, OauthSettings};
use crate::error::Explanation;
use crate::transport::{
    HttpClient, Idempotency, Request, Response, created_since, query_value, segment,
};
use crate::{Error, ErrorKind, Listed, PageMark, Secret, Settings};

/// The vendor's cloud.
pub const DEFAULT_BASE_URL: &str = "https://api.confluent.cloud";

const JSON: &str = "application/json";
const INVITATIONS: &str = "/iam/v2/invitations";
const USERS: &str = "/iam/v2/users";
/// The largest page the vendor's documentation allows.
const PAGE_SIZE: &str = "100";
/// The largest page of a service that is known to be Vestibule.
const OWN_PAGE_SIZE: &str = "1000";

/// How the client signs in.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A Cloud API key, sent as HTTP Basic.
    ApiKey {
        /// The public half.
        key: String,
        /// The secret half.
        secret: Secret,
    },
    /// A bearer token, for example one of the vendor's token exchange.
    Bearer(Secret),
    /// Tokens that are exchanged for an identity provider's; the client fetches and renews them.
    Oauth(Box<OauthSettings>),
    /// None: requests carry no `Authorization` header.
    None,
}

/// Filters of [`Confluent::list_invitations`]; exact matches that narrow together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvitationFilter {
    /// The invited address.
    pub email: Option<String>,
    /// A status such as `INVITE_STATUS_SENT`.
    pub status: Option<String>,
    /// The invited user's id.
    pub user: Option<String>,
    /// The inviting principal's id.
    pub creator: Option<String>,
}

/// A client of one organization: the one the credentials belong to. Clones share connections.
#[derive(Clone, Debug)]
pub struct Confluent {
    http: HttpClient,
}

impl Confluent {
    /// Prepares a client; opens no connection.
    ///
    /// # Errors
    /// `Invalid` for an address, credentials or a `User-Agent` that cannot be used.
    pub fn new(
        base_url: &str,
        credentials: &Credentials,
        settings: Settings,
    ) -> Result<Self, Error> {
        let auth = match credentials {
            Credentials::ApiKey { key, secret } => Auth::basic(key, secret)?,
            Credentials::Bearer(token) => Auth::bearer(token)?,
            Credentials::Oauth(oauth) => Auth::Exchange(TokenExchange::new(oauth, &settings)?),
            Credentials::None => Auth::Anonymous,
        };
        Ok(Self {
            http: HttpClient::new(base_url, settings, auth)?,
        })
    }

    /// The same client with another token that ends waiting between attempts.
    #[must_use]
    pub fn with_cancellation(&self, cancellation: CancellationToken) -> Self {
        Self {
            http: self.http.with_cancellation(cancellation),
        }
    }

    /// The same client, saying at the end of its `User-Agent` what its requests are for.
    #[must_use]
    pub fn with_purpose(&self, purpose: &str) -> Self {
        Self {
            http: self.http.with_purpose(purpose),
        }
    }

    /// Invites an address.
    ///
    /// When an answer is lost the request is repeated, which the service may refuse with 409
    /// because the first attempt had succeeded. Then the invitation of that first attempt is
    /// returned: the only live one for the address, with what was asked for, created since.
    ///
    /// # Errors
    /// `Conflict` when another invitation or member is in the way, with
    /// [`Error::existing_id`] when it is an invitation; what the service answers otherwise.
    pub async fn create_invitation(&self, create: &InvitationCreate) -> Result<Invitation, Error> {
        let request = Request::new(Method::POST, INVITATIONS, JSON)
            .json(JSON, create)?
            .idempotency(Idempotency::Repeatable);
        let response = self.http.send(&request).await?;
        if response.status == StatusCode::CONFLICT {
            return self.settle_conflict(create, &response).await;
        }
        response.accepted(explain)?.json()
    }

    /// One invitation; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers, 403 included; `Invalid` for an empty id.
    pub async fn invitation(&self, id: &str) -> Result<Option<Invitation>, Error> {
        self.find(&format!("{INVITATIONS}/{}", segment(id)?)).await
    }

    /// Deletes an invitation.
    ///
    /// # Errors
    /// `NotFound` when there is none, `Invalid` (400) when it was accepted.
    pub async fn delete_invitation(&self, id: &str) -> Result<(), Error> {
        let path = format!("{INVITATIONS}/{}", segment(id)?);
        let response = self
            .http
            .send(&Request::new(Method::DELETE, path, JSON))
            .await?;
        if response.status == StatusCode::NOT_FOUND && response.earlier_attempt_unclear {
            // The attempt whose answer was lost did it.
            return Ok(());
        }
        response.accepted(explain).map(drop)
    }

    /// All invitations that match, from all pages.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_invitations(
        &self,
        filter: &InvitationFilter,
    ) -> Result<Vec<Invitation>, Error> {
        let members = [
            ("email", &filter.email),
            ("status", &filter.status),
            ("user", &filter.user),
            ("creator", &filter.creator),
        ];
        let filters: Vec<(&str, &str)> = members
            .iter()
            .filter_map(|(name, value)| value.as_deref().map(|value| (*name, value)))
            .collect();
        self.all_pages(INVITATIONS, &filters).await
    }

    /// One page of all invitations: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn invitation_page(
        &self,
        from: Option<&PageMark>,
    ) -> Result<Listed<Invitation>, Error> {
        self.page(INVITATIONS, &[], from).await
    }

    /// One user; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn user(&self, id: &str) -> Result<Option<User>, Error> {
        self.find(&format!("{USERS}/{}", segment(id)?)).await
    }

    /// All users of the organization, from all pages. The vendor's API has no filter for them.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn users(&self) -> Result<Vec<User>, Error> {
        self.all_pages(USERS, &[]).await
    }

    async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let response = self
            .http
            .send(&Request::new(Method::GET, path, JSON))
            .await?;
        if response.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        response.accepted(explain)?.json().map(Some)
    }

    async fn all_pages<T: DeserializeOwned>(
        &self,
        path: &str,
        filters: &[(&str, &str)],
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mut from = None;
        loop {
            let page = self.page(path, filters, from.as_ref()).await?;
            all.extend(page.items);
            if page.next.is_none() {
                return Ok(all);
            }
            from = page.next;
        }
    }

    /// Reads `metadata.next`. Only its `page_token` is used, as by the vendor's clients.
    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        filters: &[(&str, &str)],
        from: Option<&PageMark>,
    ) -> Result<Listed<T>, Error> {
        let mut query = filters.to_vec();
        let size = if self.http.is_known_vestibule() {
            OWN_PAGE_SIZE
        } else {
            PAGE_SIZE
        };
        query.push(("page_size", size));
        if let Some(PageMark(token)) = from {
            query.push(("page_token", token));
        }
        let request = Request::new(Method::GET, path, JSON).query(&query);
        let response = self.http.send(&request).await?.accepted(explain)?;
        let List {
            data: items,
            metadata,
            ..
        } = response.json()?;
        let Some(link) = metadata.next.filter(|next| !next.is_empty()) else {
            return Ok(Listed { items, next: None });
        };
        let next = query_value(&link, "page_token").map(PageMark);
        if next.is_none() || next.as_ref() == from {
            let reason = "the link to the next page has no new page_token";
            return Err(Error::undecodable(&response, &reason));
        }
        Ok(Listed { items, next })
    }

    /// Tells our own first attempt from somebody else's invitation.
    async fn settle_conflict(
        &self,
        create: &InvitationCreate,
        conflict: &Response,
    ) -> Result<Invitation, Error> {
        let refusal = || Error::from_answer(conflict, explain(conflict)).with_maybe_done(false);
        let filter = InvitationFilter {
            email: create.email.clone(),
            ..InvitationFilter::default()
        };
        // Asking is a courtesy: if it fails, the conflict is still the answer.
        let Ok(found) = self.list_invitations(&filter).await else {
            return Err(refusal());
        };
        let mut live = found.into_iter().filter(is_live);
        let (Some(invitation), None) = (live.next(), live.next()) else {
            return Err(refusal());
        };
        if conflict.earlier_attempt_unclear && is_ours(&invitation, create, conflict) {
            return Ok(invitation);
        }
        Err(refusal().with_existing_id(Some(invitation.id)))
    }
}

fn is_live(invitation: &Invitation) -> bool {
    [STATUS_SENT, STATUS_STAGED].contains(&invitation.status.as_str())
}

/// Whether an invitation is the work of an earlier attempt of the request that met the conflict.
fn is_ours(invitation: &Invitation, create: &InvitationCreate, conflict: &Response) -> bool {
    let as_asked = Some(&invitation.email) == create.email.as_ref()
        && (create.auth_type.is_none() || invitation.auth_type == create.auth_type);
    let created_at = invitation.metadata.created_at.as_deref();
    let (Some(created_at), Some(date)) = (created_at, conflict.date()) else {
        return false;
    };
    as_asked && created_since(created_at, date, conflict.elapsed)
}

/// What the vendor's gateway answers where the API itself does not.
#[derive(Default, Deserialize)]
struct GatewayFailure {
    #[serde(default)]
    message: Option<String>,
}

/// Reads the first error, as the vendor's provider does: the text for people is in `detail`.
fn explain(response: &Response) -> Explanation {
    let failure = response.error_body::<Failure>().unwrap_or_default();
    let Some(first) = failure.errors.into_iter().next() else {
        let gateway = response.error_body::<GatewayFailure>().unwrap_or_default();
        return Explanation {
            detail: gateway.message,
            ..Explanation::default()
        };
    };
    Explanation {
        kind: (first.code.as_deref() == Some("quota_exceeded")).then_some(ErrorKind::Quota),
        code: first.code,
        detail: first.detail.or(first.title),
        hint: first.resolution,
    }
}
