//! What an operator decides once for a server, as far as use cases and dialects depend on it.
//!
//! Owns the defaults. Where a vendor's behaviour is not known, the choice is a setting here whose
//! default is the one that keeps the vendor's own clients working.

mod confluent;

pub use confluent::{ConfluentSettings, UnknownValue};

/// Settings of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The address under which people and programs reach the server, without a final slash. Links
    /// in mails begin with it, whatever a request's Host header says.
    pub public_url: String,
    /// How many invitations of an organization may be open at once; `None` for any number.
    pub pending_limit: Option<i64>,
    /// How many people a team may have when somebody is put into it; `None` for any number. What
    /// an invitation promised is kept all the same.
    pub team_size_limit: Option<i64>,
    /// In how many teams of an organization one person may be when they are put into another;
    /// `None` for any number.
    pub teams_per_user_limit: Option<i64>,
    /// How many people an organization may have, members and open invitations together; `None` for
    /// any number.
    pub user_limit: Option<i64>,
    /// What the Confluent dialect does where its vendor's conduct is not known.
    pub confluent: ConfluentSettings,
    /// Whether inviting somebody twice through the Atlas dialect's invites endpoints is 409 instead
    /// of 400. What the vendor's cloud does is not known; its description lists no 409.
    pub atlas_duplicate_conflict: bool,
    /// Whether the Atlas dialect's invites endpoints show expired invitations. What the vendor's
    /// cloud does is not known; it documents that they disappear.
    pub atlas_show_expired: bool,
    /// How many people one caller may invite through the Atlas dialect within a minute; `None` for
    /// any number. The vendor's cloud allows 10, and its provider never tries again.
    pub atlas_invites_per_minute: Option<i64>,
    /// How many requests one client may make within a minute to each group of the Atlas dialect's
    /// endpoints; `None` for any number. The vendor's provider never tries again.
    pub atlas_requests_per_minute: Option<i64>,
    /// How many access tokens a service account may ask for within a minute from one address;
    /// `None` for any number. The vendor's cloud allows 50.
    pub atlas_tokens_per_minute: Option<i64>,
    /// Whether the Atlas dialect's errors follow the vendor's page where it and what its users
    /// report disagree: `INVALID_INVITATION_ID` with 400 instead of 404, `RATE_LIMITED_IP` instead
    /// of `INVITATIONS_RATE_LIMITED_IP`. The vendor's provider understands 404 only.
    pub atlas_documented_errors: bool,
    /// Whether the Atlas dialect answers with usernames in lower case instead of as they were sent.
    /// What the vendor's cloud does is not known; its provider plans a replacement for ever when the
    /// spelling changes.
    pub atlas_lowercase_usernames: bool,
    /// Whether the Atlas dialect's endpoints end (410) on the day that their `Sunset` header says.
    pub atlas_sunset: bool,
    /// What the service is called in mails and on pages.
    pub product_name: String,
    /// Who mails come from: an address, or a name and an address in angle brackets.
    pub mail_from: String,
    /// Where answers to mails go; to `mail_from` if `None`.
    pub mail_reply_to: Option<String>,
    /// Whether whoever sits at this machine may read all mails under `/dev/mail`: for trying out
    /// only.
    pub dev_mail: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://localhost:8080".to_owned(),
            pending_limit: None,
            team_size_limit: None,
            teams_per_user_limit: None,
            user_limit: None,
            confluent: ConfluentSettings::default(),
            atlas_duplicate_conflict: false,
            atlas_show_expired: false,
            atlas_invites_per_minute: None,
            atlas_requests_per_minute: None,
            atlas_tokens_per_minute: None,
            atlas_documented_errors: false,
            atlas_lowercase_usernames: false,
            atlas_sunset: true,
            product_name: "Vestibule".to_owned(),
            mail_from: "Vestibule <no-reply@localhost>".to_owned(),
            mail_reply_to: None,
            dev_mail: false,
        }
    }
}
