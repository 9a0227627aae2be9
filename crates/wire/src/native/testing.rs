//! The testing controls under `/testing`: clock, states, faults, journal, mail, seed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::KeyKind;
use crate::Secret;

/// What the server's clock shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestClock {
    /// What the server takes for the time, RFC 3339.
    pub now: String,
    /// What the machine's own clock shows, RFC 3339.
    pub machine: String,
    /// By how many seconds the server is ahead of the machine; negative when it is behind.
    pub ahead_seconds: i64,
}

/// Body of `POST /testing/clock`: exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestClockChange {
    /// The time that it is from now on, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// How far to go forward: `31d`, `12h`, `1d6h30m`, `90s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advance: Option<String>,
}

/// A state that an invitation can be forced into.
///
/// - `accepted`, `declined`: the invitee answers.
/// - `expired`: its time is over now.
/// - `revoked`: somebody who may withdraws it.
/// - `left`, `removed`: the invitee, a member by it, leaves or is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForcedState {
    /// The invitee accepts.
    Accepted,
    /// The invitee declines.
    Declined,
    /// Its time is over now.
    Expired,
    /// Somebody who may withdraws it.
    Revoked,
    /// The invitee, a member by it, leaves.
    Left,
    /// The invitee, a member by it, is removed.
    Removed,
}

impl ForcedState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Accepted,
        Self::Declined,
        Self::Expired,
        Self::Revoked,
        Self::Left,
        Self::Removed,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Left => "left",
            Self::Removed => "removed",
        }
    }
}

/// Body of `POST /testing/invitations/{id}/state`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestStateChange {
    /// Which state.
    pub state: ForcedState,
}

/// When a connection is dropped: `before` the request is handled, so that nothing happens, or `after`
/// what it did is committed, so that only the answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DropMoment {
    /// Before the request is handled: nothing happens.
    Before,
    /// After it was handled and what it did is committed: only the answer is lost.
    After,
}

impl DropMoment {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Body of `POST /testing/faults`: what goes wrong with the next requests that match.
///
/// At least one of `delay_ms`, `status` and `drop`; `status` and `drop` exclude each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestFaultCreate {
    /// Only requests with this method; any unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests whose path matches, without the query: `*` is any text without a slash, `**`
    /// any text. Any path unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// How many requests; 1 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How many milliseconds they wait first, at most 120 000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// The status they are answered with, 400 to 599, in the shape of the API that they called. They
    /// are not handled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `Retry-After` of that answer, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The API's own code in that answer, for example `INVITATIONS_RATE_LIMITED_IP`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The words for people in that answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Drops the connection instead of answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drop: Option<DropMoment>,
}

/// A fault that waits for requests, or has met some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestFault {
    /// Counted from 1 since the faults were cleared.
    pub number: u64,
    /// What goes wrong.
    pub fault: TestFaultCreate,
    /// How many more requests it will meet.
    pub left: u32,
    /// How many it has met.
    pub met: u32,
}

/// The faults of a server, in the order in which requests are matched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestFaults {
    /// The faults.
    pub data: Vec<TestFault>,
}

/// A request that the server has answered, or let drop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestRequest {
    /// Counted from 1 since the journal was cleared.
    pub number: u64,
    /// When it came, by the server's clock.
    pub at: String,
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub path: String,
    /// The pattern of the route that answered; `null` where there was none.
    #[serde(default)]
    pub route: Option<String>,
    /// Whose API: `native`, `confluent`, `atlas`, `oauth` or `pages`.
    pub dialect: String,
    /// The status it was answered with; `null` if the connection was dropped instead.
    #[serde(default)]
    pub status: Option<u16>,
    /// How many microseconds the answer took.
    pub micros: i64,
    /// The number of the fault that it met; `null` if it met none.
    #[serde(default)]
    pub fault: Option<u64>,
    /// Who called, in the words of its `User-Agent`; `null` without any.
    #[serde(default)]
    pub user_agent: Option<String>,
}

/// How often a route answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestRouteCount {
    /// The method.
    pub method: String,
    /// The pattern of the route; `null` where there was none.
    #[serde(default)]
    pub route: Option<String>,
    /// How many requests.
    pub count: u64,
}

/// The requests since the journal was cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestJournal {
    /// How many there were of each kind.
    pub counts: Vec<TestRouteCount>,
    /// The last 10 000, oldest first.
    pub data: Vec<TestRequest>,
}

/// A mail that the server has sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestMail {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When, by the server's clock.
    pub date: String,
    /// The link to the answer page; `null` if it has none.
    #[serde(default)]
    pub link: Option<String>,
    /// The token in that link, for `POST /v1/invitations/accept`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub token: Option<Secret>,
    /// Its text.
    pub text: String,
}

/// The mails that the server has sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestMails {
    /// Oldest first.
    pub data: Vec<TestMail>,
}

/// What the server was seeded with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestSeed {
    /// The address of the server.
    pub url: String,
    /// The organizations.
    pub organizations: Vec<TestOrganization>,
}

/// An organization of the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestOrganization {
    /// `org_…`.
    pub id: String,
    /// The same in the Atlas API: 24 hexadecimal digits.
    pub atlas_id: String,
    /// The same in the Confluent API: a UUID.
    pub confluent_id: String,
    /// Its name.
    pub name: String,
    /// Its members.
    pub members: Vec<TestMember>,
    /// Its teams.
    pub teams: Vec<TestTeam>,
    /// Its projects.
    pub projects: Vec<TestProject>,
    /// Its keys.
    pub keys: Vec<TestKey>,
}

/// A project of the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestProject {
    /// `prj_…`.
    pub id: String,
    /// The same in the Atlas API: 24 hexadecimal digits.
    pub atlas_id: String,
    /// Its name.
    pub name: String,
}

/// A member of the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestMember {
    /// `usr_…`.
    pub id: String,
    /// The address.
    pub email: String,
    /// The roles.
    pub roles: Vec<String>,
}

/// A team of the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestTeam {
    /// `team_…`.
    pub id: String,
    /// The same in the Atlas API: 24 hexadecimal digits.
    pub atlas_id: String,
    /// Its name.
    pub name: String,
}

/// A key of the seed, with its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestKey {
    /// Which API it opens.
    pub kind: KeyKind,
    /// Its name.
    pub name: String,
    /// The public half.
    pub public_id: String,
    /// The secret half; for a native key the whole.
    #[schema(value_type = String)]
    pub secret: Secret,
    /// For whom it acts: an address, or the name of a service account.
    pub holder: String,
}
