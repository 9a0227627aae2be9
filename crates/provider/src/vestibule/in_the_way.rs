//! What stands in the way of an invitation, and the ways out, in words.
//!
//! Owns the advice where the person is invited or a member already. It must not ask anybody: a
//! refusal says what there is.

use tfplugin::Diagnostic;
use vestibule_client::Error;

use super::invitation_life::CANNOT_RESEND;
use crate::failure::{advised, failed, outdated};

/// An address has one open invitation, and a person one membership: the old one goes first.
const MANAGED_ALREADY: &str = "If this configuration has it already, under another name or another \
                               key of for_each, a moved block keeps it; and create_before_destroy \
                               cannot replace it.";

/// What a refusal says is there already.
enum Obstacle<'e> {
    /// An open invitation, by its id.
    Invitation(&'e str),
    /// The person: a member of the organization or of the project.
    Member,
}

impl<'e> Obstacle<'e> {
    /// `None` where nobody is in the way.
    fn of(error: &'e Error) -> Option<Self> {
        match error.code()? {
            "live_invitation_exists" => error.existing_id().map(Self::Invitation),
            "already_member" | "already_in_project" => Some(Self::Member),
            _ => None,
        }
    }
}

/// Whom an invitation is for.
pub(super) struct Addressee<'a> {
    pub(super) organization: &'a str,
    pub(super) email: &'a str,
}

impl Addressee<'_> {
    /// Why a `vestibule_invitation` was not created.
    pub(super) fn not_invited(&self, summary: &'static str, error: &Error) -> Diagnostic {
        let organization = self.organization;
        let advice = match Obstacle::of(error) {
            Some(Obstacle::Invitation(id)) => format!(
                "The invitation {id} for this address is still open. To manage it here, import \
                 it:\n\n    terraform import vestibule_invitation.NAME {organization}/{id}\n\n\
                 {MANAGED_ALREADY}"
            ),
            Some(Obstacle::Member) => format!(
                "Whoever is there needs no invitation. To manage the person and their roles, use \
                 vestibule_member instead, and import them:{}",
                self.import_member()
            ),
            None => return failed(summary, error),
        };
        told(summary, error, &advice)
    }

    /// Why the `vestibule_invitation` with this id was not sent again.
    pub(super) fn not_renewed(&self, id: &str, error: &Error) -> Option<Diagnostic> {
        let organization = self.organization;
        let advice = match Obstacle::of(error)? {
            Obstacle::Invitation(other) => format!(
                "Since {id} expired, the address was invited anew, and {other} is open. To manage \
                 that one here in place of {id}:\n\n    terraform state rm \
                 vestibule_invitation.NAME\n    terraform import vestibule_invitation.NAME \
                 {organization}/{other}\n\nOr set on_expiry = \"ignore\", which leaves both as they \
                 are. Or withdraw {other}, and apply again. A vestibule_member goes on by itself \
                 with whichever invitation is open: a moved block makes this resource one."
            ),
            Obstacle::Member => format!(
                "Since {id} expired, the person has joined by another road. Remove this resource, \
                 which removes nobody, or set on_expiry = \"ignore\". To manage the person and \
                 their roles, make it a vestibule_member with a moved block."
            ),
        };
        Some(told(CANNOT_RESEND, error, &advice))
    }

    /// Why a `vestibule_member` was not invited.
    pub(super) fn not_a_member(&self, summary: &'static str, error: &Error) -> Diagnostic {
        if Obstacle::of(error).is_none() {
            return failed(summary, error);
        }
        let advice = format!(
            "To manage the person here as they stand, import them:{}\n\n{MANAGED_ALREADY}",
            self.import_member()
        );
        told(summary, error, &advice)
    }

    fn import_member(&self) -> String {
        let (organization, email) = (self.organization, self.email);
        format!("\n\n    terraform import vestibule_member.NAME {organization}/{email}")
    }
}

/// Why the invitation of a `vestibule_member` was not sent again: refreshing finds whatever is in
/// its way.
pub(super) fn member_moved_on(error: &Error) -> Option<Diagnostic> {
    let what = match Obstacle::of(error)? {
        Obstacle::Invitation(_) => "Since the plan was made the address was invited anew.",
        Obstacle::Member => "Since the plan was made the person has joined by another road.",
    };
    Some(outdated(failed(CANNOT_RESEND, error), what).at("email"))
}

/// A refusal, and the way out of it.
fn told(summary: &'static str, error: &Error, advice: &str) -> Diagnostic {
    advised(summary, error, [error.hint(), Some(advice)]).at("email")
}
