//! Client of the MongoDB Atlas Administration API: invitations, users, teams.
//!
//! Owns paths, the version of each operation, paging and the reading of `ApiError` bodies.
//! "Not found" is HTTP 404 and nothing else: the vendor's provider searches the error text, which
//! contains the address, for "404".

mod create;
mod explain;
mod invitations;
mod organizations;
mod project_invitations;
mod project_users;
mod sunset;
mod teams;
mod users;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use vestibule_wire::atlas::{MEDIA_TYPE_2023_01_01, MEDIA_TYPE_2025_02_19, Page};

use crate::auth::{Auth, digest, oauth};
use crate::transport::{HttpClient, Idempotency, Request, Response};
use crate::{Error, Listed, PageMark, Secret, Settings};

use explain::{explain, invitation_rate};
pub use teams::TeamUserFilter;
pub use users::OrgUserFilter;

/// The vendor's cloud.
pub const DEFAULT_BASE_URL: &str = "https://cloud.mongodb.com";

const ROOT: &str = "/api/atlas/v2";
/// Page size of paged lists: the largest that the vendor allows, and the largest number of users
/// that its organizations have.
const ITEMS_PER_PAGE: u64 = 500;

/// How the client signs in.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// An API key, used with HTTP Digest.
    ApiKey {
        /// The public half, the user name.
        public_key: String,
        /// The private half.
        private_key: Secret,
    },
    /// A service account; the client fetches and renews its tokens.
    ServiceAccount {
        /// `mdb_sa_id_…`.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
    },
    /// A bearer token that is not renewed.
    AccessToken(Secret),
    /// None: requests carry no `Authorization` header.
    None,
}

/// A client. Clones share connections, nonces and tokens.
#[derive(Clone, Debug)]
pub struct Atlas {
    http: HttpClient,
    /// Whether the service has said that the legacy invitation API is gone.
    invites_withdrawn: Arc<AtomicBool>,
}

/// The two versions of the API this client speaks.
#[derive(Clone, Copy, Debug)]
enum Version {
    /// Invites, users by name, teams.
    V20230101,
    /// Users of organizations, projects and teams.
    V20250219,
}

impl Version {
    const fn media_type(self) -> &'static str {
        match self {
            Self::V20230101 => MEDIA_TYPE_2023_01_01,
            Self::V20250219 => MEDIA_TYPE_2025_02_19,
        }
    }
}

impl Atlas {
    /// Prepares a client; opens no connection and fetches no token.
    ///
    /// # Errors
    /// `Invalid` for an address, credentials or a `User-Agent` that cannot be used.
    pub fn new(
        base_url: &str,
        credentials: &Credentials,
        settings: Settings,
    ) -> Result<Self, Error> {
        let auth = match credentials {
            Credentials::ApiKey {
                public_key,
                private_key,
            } => Auth::Digest(digest::Client::new(public_key.clone(), private_key.clone())),
            Credentials::ServiceAccount {
                client_id,
                client_secret,
            } => Auth::ServiceAccount(oauth::ServiceAccount::new(client_id, client_secret)?),
            Credentials::AccessToken(token) => Auth::bearer(token)?,
            Credentials::None => Auth::Anonymous,
        };
        Ok(Self {
            http: HttpClient::new(base_url, settings, auth)?,
            invites_withdrawn: Arc::default(),
        })
    }

    /// The same client with another token that ends waiting between attempts.
    #[must_use]
    pub fn with_cancellation(&self, cancellation: CancellationToken) -> Self {
        Self {
            http: self.http.with_cancellation(cancellation),
            invites_withdrawn: Arc::clone(&self.invites_withdrawn),
        }
    }

    /// The same client, saying at the end of its `User-Agent` what its requests are for.
    #[must_use]
    pub fn with_purpose(&self, purpose: &str) -> Self {
        Self {
            http: self.http.with_purpose(purpose),
            invites_withdrawn: Arc::clone(&self.invites_withdrawn),
        }
    }

    /// Checks a service account by fetching its token, as the vendor's provider does when it is
    /// configured. Does nothing with other credentials.
    ///
    /// # Errors
    /// `Unauthenticated` when id or secret are wrong, and what else the service answers.
    pub async fn authenticate(&self) -> Result<(), Error> {
        match self.http.auth() {
            Auth::ServiceAccount(account) => account.token(&self.http).await.map(drop),
            _ => Ok(()),
        }
    }

    /// Gives a service account's token back; for the end of the program.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn revoke_token(&self) -> Result<(), Error> {
        match self.http.auth() {
            Auth::ServiceAccount(account) => account.revoke(&self.http).await,
            _ => Ok(()),
        }
    }

    async fn find<T: DeserializeOwned>(
        &self,
        path: &str,
        version: Version,
        query: &[(&str, &str)],
    ) -> Result<Option<T>, Error> {
        let request = Request::new(Method::GET, path, version.media_type()).query(query);
        let response = self.http.send(&request).await?;
        if response.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        response.accepted(explain)?.json().map(Some)
    }

    async fn write<B: Serialize + Sync>(
        &self,
        method: Method,
        path: &str,
        version: Version,
        body: &B,
    ) -> Result<Response, Error> {
        let media_type = version.media_type();
        let request = Request::new(method, path, media_type)
            .json(media_type, body)?
            .throttled(invitation_rate);
        self.http.send(&request).await
    }

    /// A POST of the newer API that says how something shall be, so that a second time changes
    /// nothing. `done` is the status that says so when the answer to an earlier attempt was lost;
    /// the answer is `None` then.
    async fn repeatable_post<B: Serialize + Sync>(
        &self,
        path: &str,
        body: &B,
        done: StatusCode,
    ) -> Result<Option<Response>, Error> {
        let media_type = Version::V20250219.media_type();
        let request = Request::new(Method::POST, path, media_type)
            .json(media_type, body)?
            .idempotency(Idempotency::Repeatable)
            .throttled(invitation_rate);
        let response = self.http.send(&request).await?;
        if response.status == done && response.earlier_attempt_unclear {
            return Ok(None);
        }
        response.accepted(explain).map(Some)
    }

    async fn remove(&self, path: &str, version: Version) -> Result<(), Error> {
        let request = Request::new(Method::DELETE, path, version.media_type());
        let response = self.http.send(&request).await?;
        if response.status == StatusCode::NOT_FOUND && response.earlier_attempt_unclear {
            // The attempt whose answer was lost did it.
            return Ok(());
        }
        response.accepted(explain).map(drop)
    }

    async fn all_pages<T: DeserializeOwned>(
        &self,
        path: &str,
        version: Version,
        filters: &[(&str, &str)],
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mut from = None;
        loop {
            let page = self.page(path, version, filters, from.as_ref()).await?;
            all.extend(page.items);
            if page.next.is_none() {
                return Ok(all);
            }
            from = page.next;
        }
    }

    /// Reads one page. The last one is empty, or has what was still missing of all announced
    /// objects, or is not full where none are announced.
    async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        version: Version,
        filters: &[(&str, &str)],
        from: Option<&PageMark>,
    ) -> Result<Listed<T>, Error> {
        let (number, before) = from.and_then(read_mark).unwrap_or((1, 0));
        let items_per_page = ITEMS_PER_PAGE.to_string();
        let page_number = number.to_string();
        let mut query = filters.to_vec();
        query.push(("includeCount", "true"));
        query.push(("itemsPerPage", &items_per_page));
        query.push(("pageNum", &page_number));
        let request = Request::new(Method::GET, path, version.media_type()).query(&query);
        let response = self.http.send(&request).await?.accepted(explain)?;
        let page: Page<T> = response.json()?;
        let items = page.results;
        let got = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let have = before.saturating_add(got);
        let complete = match page.total_count {
            Some(total) => have >= total,
            None => got < ITEMS_PER_PAGE,
        };
        let next = (got > 0 && !complete).then(|| mark(number.saturating_add(1), have));
        Ok(Listed { items, next })
    }
}

/// A page's number, and how many objects are on the pages before it: a service may make its pages
/// smaller than it was asked to.
fn mark(number: u64, before: u64) -> PageMark {
    PageMark(format!("{number} {before}"))
}

fn read_mark(mark: &PageMark) -> Option<(u64, u64)> {
    let (number, before) = mark.0.split_once(' ')?;
    Some((number.parse().ok()?, before.parse().ok()?))
}
