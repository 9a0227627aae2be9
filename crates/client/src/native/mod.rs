//! Client of our own API under `/v1`, as the command line and the native provider need it.
//!
//! Owns paths, paging and the reading of problem bodies (RFC 9457).

mod people;

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use vestibule_wire::native::{
    AcceptLink, AcceptRequest, AcceptResult, ApiKey, ApiKeyCreate, ApiKeyCreated, DeclineRequest,
    Include, Invitation, InvitationCreate, InvitationPatch, InvitationQuery, InvitationState, Me,
    Organization, OrganizationCreate, OrganizationPatch, PROBLEM_MEDIA_TYPE, Page, Problem,
};

use crate::auth::Auth;
use crate::error::Explanation;
use crate::transport::{HttpClient, Idempotency, Request, Response, segment};
use crate::{Error, Listed, PageMark, Secret, Settings};

const JSON: &str = "application/json";
const ACCEPT: &str = "application/json, application/problem+json";
const ORGANIZATIONS: &str = "/v1/organizations";
/// Largest page the API gives.
const LARGEST_PAGE: u32 = 200;

/// A client. Clones share connections.
#[derive(Clone, Debug)]
pub struct Native {
    http: HttpClient,
}

impl Native {
    /// Prepares a client; opens no connection. Without a key only accept and decline can succeed.
    ///
    /// # Errors
    /// `Invalid` for an address, a key or a `User-Agent` that cannot be used.
    pub fn new(base_url: &str, key: Option<&Secret>, settings: Settings) -> Result<Self, Error> {
        let auth = match key {
            Some(key) => Auth::bearer(key)?,
            None => Auth::Anonymous,
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

    /// Whom the key speaks for.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn me(&self) -> Result<Me, Error> {
        Ok(self.me_at().await?.0)
    }

    /// As [`Native::me`], and what the service's clock showed when it answered, if it said so.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn me_at(&self) -> Result<(Me, Option<Timestamp>), Error> {
        let answer = self.page_request("/v1/me", &[]).await?;
        Ok((answer.json()?, answer.date()))
    }

    /// Creates an organization.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn create_organization(
        &self,
        create: &OrganizationCreate,
    ) -> Result<Organization, Error> {
        self.create(ORGANIZATIONS, create).await
    }

    /// All organizations that the key opens.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_organizations(&self) -> Result<Vec<Organization>, Error> {
        self.all_pages(ORGANIZATIONS).await
    }

    /// One organization.
    ///
    /// # Errors
    /// `NotFound` when there is none, and what else the service answers.
    pub async fn organization(&self, organization: &str) -> Result<Organization, Error> {
        self.get(&below(organization, "")?).await
    }

    /// One organization; `None` when the service answers 404, as it also does to strangers.
    ///
    /// # Errors
    /// What else the service answers.
    pub async fn find_organization(
        &self,
        organization: &str,
    ) -> Result<Option<Organization>, Error> {
        self.find(&below(organization, "")?).await
    }

    /// Changes an organization.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn update_organization(
        &self,
        organization: &str,
        patch: &OrganizationPatch,
    ) -> Result<Organization, Error> {
        self.write(Method::PATCH, &below(organization, "")?, patch)
            .await
    }

    /// Creates a key; its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn create_key(
        &self,
        organization: &str,
        create: &ApiKeyCreate,
    ) -> Result<ApiKeyCreated, Error> {
        self.create(&below(organization, "/keys")?, create).await
    }

    /// All keys of an organization, revoked ones included.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_keys(&self, organization: &str) -> Result<Vec<ApiKey>, Error> {
        self.all_pages(&below(organization, "/keys")?).await
    }

    /// One page of them: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn key_page(
        &self,
        organization: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<ApiKey>, Error> {
        let path = below(organization, "/keys")?;
        self.page_from(&path, from).await
    }

    /// Revokes a key.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn revoke_key(&self, organization: &str, key: &str) -> Result<(), Error> {
        let path = format!("{}/{}", below(organization, "/keys")?, segment(key)?);
        self.remove(&path).await
    }

    /// Invites an address.
    ///
    /// # Errors
    /// `Conflict` when an invitation or a member is in the way, with [`Error::existing_id`] when it
    /// is an open invitation; what else the service answers.
    pub async fn create_invitation(
        &self,
        organization: &str,
        create: &InvitationCreate,
    ) -> Result<Invitation, Error> {
        let path = below(organization, "/invitations")?;
        let request = Request::new(Method::POST, path, ACCEPT).json(JSON, create)?;
        let response = self.http.send(&request.keyed()).await?;
        accepted_or_in_the_way(response)?.json()
    }

    /// One page of invitations.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn invitations(
        &self,
        organization: &str,
        query: &InvitationQuery,
    ) -> Result<Page<Invitation>, Error> {
        let path = below(organization, "/invitations")?;
        let limit = query.limit.map(|limit| limit.to_string());
        let pairs = given(&[
            ("state", query.state.map(InvitationState::as_str)),
            ("email", query.email.as_deref()),
            ("inviter", query.inviter.as_deref()),
            ("role", query.role.as_deref()),
            ("team", query.team.as_deref()),
            ("project", query.project.as_deref()),
            ("include", query.include.map(Include::as_str)),
            ("limit", limit.as_deref()),
            ("cursor", query.cursor.as_deref()),
        ]);
        self.page(&path, &pairs).await
    }

    /// All invitations that match, from all pages; `limit` and `cursor` of the query are ignored.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn all_invitations(
        &self,
        organization: &str,
        query: &InvitationQuery,
    ) -> Result<Vec<Invitation>, Error> {
        let mut query = query.clone();
        query.limit = Some(LARGEST_PAGE);
        query.cursor = None;
        let mut all = Vec::new();
        loop {
            let page = self.invitations(organization, &query).await?;
            all.extend(page.data);
            query.cursor = page.next;
            if query.cursor.is_none() {
                return Ok(all);
            }
        }
    }

    /// One page of invitations with how their mail fares: the first, or the one that begins at the
    /// mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn invitation_page(
        &self,
        organization: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<Invitation>, Error> {
        let query = InvitationQuery {
            include: Some(Include::Delivery),
            limit: Some(LARGEST_PAGE),
            cursor: from.map(|mark| mark.0.clone()),
            ..InvitationQuery::default()
        };
        Ok(listed(self.invitations(organization, &query).await?))
    }

    /// The link that the invitation's mail has, for handing it over by another road. The service
    /// notes in its audit trail who asked.
    ///
    /// # Errors
    /// What the service answers; `Conflict` when the invitation is not open.
    pub async fn accept_link(
        &self,
        organization: &str,
        invitation: &str,
    ) -> Result<AcceptLink, Error> {
        self.act(&one(organization, invitation, "/link")?)
            .await?
            .json()
    }

    /// One invitation; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers.
    pub async fn invitation(
        &self,
        organization: &str,
        invitation: &str,
    ) -> Result<Option<Invitation>, Error> {
        self.find(&one(organization, invitation, "")?).await
    }

    /// Changes an invitation that waits for an answer.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn update_invitation(
        &self,
        organization: &str,
        invitation: &str,
        patch: &InvitationPatch,
    ) -> Result<Invitation, Error> {
        self.write(Method::PATCH, &one(organization, invitation, "")?, patch)
            .await
    }

    /// Sends an invitation again with a new link; an expired one is renewed.
    ///
    /// # Errors
    /// As of [`Native::create_invitation`]: since an invitation expired, its address may have been
    /// invited anew.
    pub async fn resend_invitation(
        &self,
        organization: &str,
        invitation: &str,
    ) -> Result<Invitation, Error> {
        let path = one(organization, invitation, "/resend")?;
        let request = Request::new(Method::POST, path, ACCEPT);
        let response = self.http.send(&request).await?;
        accepted_or_in_the_way(response)?.json()
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn revoke_invitation(
        &self,
        organization: &str,
        invitation: &str,
    ) -> Result<Invitation, Error> {
        self.act(&one(organization, invitation, "/revoke")?)
            .await?
            .json()
    }

    /// Accepts an invitation with the token of its mail. Repeatable: the service answers the same
    /// person the same way twice.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn accept(&self, accept: &AcceptRequest) -> Result<AcceptResult, Error> {
        let request = Request::new(Method::POST, "/v1/invitations/accept", ACCEPT)
            .json(JSON, accept)?
            .idempotency(Idempotency::Repeatable);
        self.http.send(&request).await?.accepted(explain)?.json()
    }

    /// Declines an invitation with the token of its mail.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn decline(&self, decline: &DeclineRequest) -> Result<(), Error> {
        let request =
            Request::new(Method::POST, "/v1/invitations/decline", ACCEPT).json(JSON, decline)?;
        self.http.send(&request).await?.accepted(explain).map(drop)
    }

    async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Error> {
        let request = Request::new(Method::GET, path, ACCEPT);
        let response = self.http.send(&request).await?;
        if response.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        response.accepted(explain)?.json().map(Some)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.page_request(path, &[]).await?.json()
    }

    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> Result<Page<T>, Error> {
        self.page_request(path, pairs).await?.json()
    }

    async fn page_request(&self, path: &str, pairs: &[(&str, &str)]) -> Result<Response, Error> {
        let request = Request::new(Method::GET, path, ACCEPT).query(pairs);
        self.http.send(&request).await?.accepted(explain)
    }

    async fn page_from<T: DeserializeOwned>(
        &self,
        path: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<T>, Error> {
        let limit = LARGEST_PAGE.to_string();
        let cursor = from.map(|mark| mark.0.as_str());
        let pairs = given(&[("limit", Some(&limit)), ("cursor", cursor)]);
        Ok(listed(self.page(path, &pairs).await?))
    }

    async fn all_pages<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mut from = None;
        loop {
            let page = self.page_from(path, from.as_ref()).await?;
            all.extend(page.items);
            if page.next.is_none() {
                return Ok(all);
            }
            from = page.next;
        }
    }

    /// Makes something. Repeatable: the service knows the request again by its key.
    async fn create<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, Error> {
        let request = Request::new(Method::POST, path, ACCEPT).json(JSON, body)?;
        let response = self.http.send(&request.keyed()).await?;
        response.accepted(explain)?.json()
    }

    async fn write<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &B,
    ) -> Result<T, Error> {
        let request = Request::new(method, path, ACCEPT).json(JSON, body)?;
        self.http.send(&request).await?.accepted(explain)?.json()
    }

    /// A POST without a body.
    async fn act(&self, path: &str) -> Result<Response, Error> {
        let request = Request::new(Method::POST, path, ACCEPT);
        self.http.send(&request).await?.accepted(explain)
    }

    async fn remove(&self, path: &str) -> Result<(), Error> {
        let request = Request::new(Method::DELETE, path, ACCEPT);
        let response = self.http.send(&request).await?;
        if response.status == StatusCode::NOT_FOUND && response.earlier_attempt_unclear {
            // The attempt whose answer was lost did it.
            return Ok(());
        }
        response.accepted(explain).map(drop)
    }
}

/// The answer, unless it is a refusal; a conflict says where the invitation in the way is.
fn accepted_or_in_the_way(response: Response) -> Result<Response, Error> {
    let in_the_way = (response.status == StatusCode::CONFLICT)
        .then(|| last_segment(&response))
        .flatten();
    let accepted = response.accepted(explain);
    accepted.map_err(|error| error.with_existing_id(in_the_way))
}

/// The last part of the address in `Location`.
fn last_segment(response: &Response) -> Option<String> {
    let location = response
        .headers
        .get(http::header::LOCATION)?
        .to_str()
        .ok()?;
    let last = location.rsplit('/').next()?;
    (!last.is_empty()).then(|| last.to_owned())
}

fn listed<T>(page: Page<T>) -> Listed<T> {
    Listed {
        items: page.data,
        next: page.next.map(PageMark),
    }
}

fn below(organization: &str, rest: &str) -> Result<String, Error> {
    Ok(format!("{ORGANIZATIONS}/{}{rest}", segment(organization)?))
}

fn one(organization: &str, invitation: &str, verb: &str) -> Result<String, Error> {
    let invitations = below(organization, "/invitations")?;
    Ok(format!("{invitations}/{}{verb}", segment(invitation)?))
}

/// The pairs that have a value.
fn given<'a>(pairs: &[(&'a str, Option<&'a str>)]) -> Vec<(&'a str, &'a str)> {
    pairs
        .iter()
        .filter_map(|(name, value)| value.map(|value| (*name, value)))
        .collect()
}

/// Reads a problem body; other bodies explain nothing.
pub(crate) fn explain(response: &Response) -> Explanation {
    let is_problem = response
        .headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with(PROBLEM_MEDIA_TYPE) || value.starts_with(JSON));
    let problem = is_problem
        .then(|| response.error_body::<Problem>())
        .flatten();
    let Some(problem) = problem else {
        return Explanation::default();
    };
    let mut detail = if problem.detail.is_empty() {
        problem.title
    } else {
        problem.detail
    };
    for error in &problem.errors {
        detail.push_str(&format!("; {}: {}", error.pointer, error.detail));
    }
    Explanation {
        kind: None,
        code: Some(problem.code),
        detail: Some(detail),
        hint: problem.hint,
    }
}
