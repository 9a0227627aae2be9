//! What an operator decides for the Confluent dialect where the conduct of the vendor's cloud is
//! not known. Each default is the one that keeps the vendor's own clients working.

use std::sync::Arc;

use crate::issuer::Issuer;

/// The operator's choices for the Confluent dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfluentSettings {
    /// For how many seconds a repeated create answers with the invitation that the first one made.
    /// The vendor's provider repeats a POST up to four times when an answer is lost.
    pub repeat_seconds: i64,
    /// Whether inviting an address anew, while its invitation is open, sends that one again instead
    /// of being a conflict.
    pub reinvite_resends: bool,
    /// Whether an authentication type that does not suit the organization is replaced by the one
    /// that does, instead of being refused or taken as it is. The vendor's provider never comes to
    /// rest when that happens to a type that it was told.
    pub coerce_auth_type: bool,
    /// Whether a withdrawn invitation is shown as deactivated instead of 404, which is what the
    /// vendor's provider notices.
    pub show_revoked: bool,
    /// Whether the invitation of a member who left or was removed is shown as accepted, as it was
    /// before, instead of deactivated.
    pub ended_shows_accepted: bool,
    /// Whether an open invitation is shown as staged instead of sent while the server sends no
    /// mail. The vendor's acceptance tests want to see it sent.
    pub staged_without_mail: bool,
    /// Whether deleting an expired invitation is 400 instead of 204, with which Terraform can always
    /// destroy.
    pub delete_expired_fails: bool,
    /// What a filter does whose value nothing can have.
    pub unknown_filter_value: UnknownValue,
    /// Whether a query parameter that is not known is ignored instead of 400.
    pub ignore_unknown_parameters: bool,
    /// Whether lists begin with what was made last.
    pub newest_first: bool,
    /// Whose tokens are exchanged for ours; `None` for nobody's.
    pub issuer: Option<Arc<Issuer>>,
}

/// What a filter does whose value nothing can have: `status=SENT`, `user=ann`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownValue {
    /// The request is refused: a mistyped filter must not look like an empty organization.
    #[default]
    Refuse,
    /// As if the filter were not there.
    Ignore,
    /// The list is empty.
    Empty,
}

impl Default for ConfluentSettings {
    fn default() -> Self {
        Self {
            repeat_seconds: 120,
            reinvite_resends: false,
            coerce_auth_type: false,
            show_revoked: false,
            ended_shows_accepted: false,
            staged_without_mail: false,
            delete_expired_fails: false,
            unknown_filter_value: UnknownValue::default(),
            ignore_unknown_parameters: false,
            newest_first: false,
            issuer: None,
        }
    }
}
