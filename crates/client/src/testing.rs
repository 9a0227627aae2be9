//! Client of the testing controls under `/testing`, which a server has that was started for testing.
//!
//! Owns paths. Needs no credential.

use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vestibule_wire::native::{
    ForcedState, Invitation, TestClock, TestClockChange, TestFault, TestFaultCreate, TestFaults,
    TestJournal, TestMails, TestSeed, TestStateChange,
};

use crate::auth::Auth;
use crate::error::Explanation;
use crate::native::explain;
use crate::transport::{HttpClient, Request, Response, segment};
use crate::{Error, Settings};

const JSON: &str = "application/json";
const ACCEPT: &str = "application/json, application/problem+json";

/// A client. Clones share connections.
#[derive(Clone, Debug)]
pub struct Testing {
    http: HttpClient,
}

impl Testing {
    /// Prepares a client; opens no connection.
    ///
    /// # Errors
    /// `Invalid` for an address or a `User-Agent` that cannot be used.
    pub fn new(base_url: &str, settings: Settings) -> Result<Self, Error> {
        Ok(Self {
            http: HttpClient::new(base_url, settings, Auth::Anonymous)?,
        })
    }

    /// What the server's clock shows.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn clock(&self) -> Result<TestClock, Error> {
        self.get("/testing/clock").await
    }

    /// Sets the clock, or moves it forward.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn change_clock(&self, change: &TestClockChange) -> Result<TestClock, Error> {
        self.write("/testing/clock", change).await
    }

    /// Forces an invitation into a state.
    ///
    /// # Errors
    /// What the service answers; `Conflict` where no transition leads there.
    pub async fn force(&self, id: &str, state: ForcedState) -> Result<Invitation, Error> {
        let path = format!("/testing/invitations/{}/state", segment(id)?);
        self.write(&path, &TestStateChange { state }).await
    }

    /// Lets something go wrong with the next requests that match.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn add_fault(&self, fault: &TestFaultCreate) -> Result<TestFault, Error> {
        self.write("/testing/faults", fault).await
    }

    /// The faults, used up ones included.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn faults(&self) -> Result<TestFaults, Error> {
        self.get("/testing/faults").await
    }

    /// Forgets all faults.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn clear_faults(&self) -> Result<(), Error> {
        self.act(Method::DELETE, "/testing/faults").await
    }

    /// The requests since the journal was cleared.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn journal(&self) -> Result<TestJournal, Error> {
        self.get("/testing/requests").await
    }

    /// Clears the journal.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn clear_journal(&self) -> Result<(), Error> {
        self.act(Method::DELETE, "/testing/requests").await
    }

    /// The mails that were sent.
    ///
    /// # Errors
    /// What the service answers; `Conflict` if it does not keep them.
    pub async fn mails(&self) -> Result<TestMails, Error> {
        self.get("/testing/mail").await
    }

    /// Makes everything as at the server's first start.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn reset(&self) -> Result<(), Error> {
        self.act(Method::POST, "/testing/reset").await
    }

    /// What the server began with.
    ///
    /// # Errors
    /// What the service answers; `NotFound` from a server that is not for testing.
    pub async fn seed(&self) -> Result<TestSeed, Error> {
        self.get("/testing/seed").await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let request = Request::new(Method::GET, path, ACCEPT);
        self.answer(&request).await?.json()
    }

    async fn write<B: Serialize + Sync, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Result<T, Error> {
        let request = Request::new(Method::POST, path, ACCEPT).json(JSON, body)?;
        self.answer(&request).await?.json()
    }

    async fn act(&self, method: Method, path: &str) -> Result<(), Error> {
        let request = Request::new(method, path, ACCEPT);
        self.answer(&request).await.map(drop)
    }

    async fn answer(&self, request: &Request) -> Result<Response, Error> {
        self.http.send(request).await?.accepted(explain_control)
    }
}

/// As the native API explains; a server without the controls answers with a page.
fn explain_control(response: &Response) -> Explanation {
    let explanation = explain(response);
    if explanation.detail.is_some() || response.status != StatusCode::NOT_FOUND {
        return explanation;
    }
    Explanation {
        detail: Some("this server has no testing controls".to_owned()),
        hint: Some("start one with `vestibule serve --testing`".to_owned()),
        ..explanation
    }
}
