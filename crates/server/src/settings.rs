//! What an operator decides once for a server, as far as use cases and dialects depend on it.
//!
//! Owns the defaults. Where a vendor's behaviour is not known, the choice is a setting here whose
//! default is the one that keeps the vendor's own clients working.

/// Settings of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The address under which people and programs reach the server, without a final slash. Links
    /// in mails begin with it, whatever a request's Host header says.
    pub public_url: String,
    /// How many invitations of an organization may be open at once; `None` for any number.
    pub pending_limit: Option<i64>,
    /// For how many seconds a repeated create through the Confluent dialect answers with the
    /// invitation that the first one made. The vendor's provider repeats a POST up to four times
    /// when an answer is lost.
    pub confluent_repeat_seconds: i64,
    /// Whether the Confluent dialect shows a withdrawn invitation as deactivated instead of 404.
    /// What the vendor's cloud does is not known; 404 is what its provider notices.
    pub confluent_show_revoked: bool,
    /// Whether inviting an address anew through the Confluent dialect, while its invitation is open,
    /// sends that one again instead of being a conflict. What the vendor's cloud does is not known.
    pub confluent_reinvite_resends: bool,
    /// Whether inviting somebody twice through the Atlas dialect's invites endpoints is 409 instead
    /// of 400. What the vendor's cloud does is not known; its description lists no 409.
    pub atlas_duplicate_conflict: bool,
    /// Whether the Atlas dialect's invites endpoints show expired invitations. What the vendor's
    /// cloud does is not known; it documents that they disappear.
    pub atlas_show_expired: bool,
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
            confluent_repeat_seconds: 120,
            confluent_show_revoked: false,
            confluent_reinvite_resends: false,
            atlas_duplicate_conflict: false,
            atlas_show_expired: false,
            product_name: "Vestibule".to_owned(),
            mail_from: "Vestibule <no-reply@localhost>".to_owned(),
            mail_reply_to: None,
            dev_mail: false,
        }
    }
}
