//! Rules that a user may choose for `confluent_invitation`, beyond the vendor's behaviour.
//!
//! They are environment variables, because the vendor's provider block has no room for them: with
//! an argument of ours in it, nobody could go back to the vendor's provider. Unset means what the
//! vendor does, but said aloud.

use tfplugin::{Diagnostic, Diagnostics};
use vestibule_wire::confluent::{STATUS_DEACTIVATED, STATUS_EXPIRED};

use crate::environment::{CONFLUENT_FORBIDDEN, CONFLUENT_REINVITE, Environment};

/// What the vendor's provider looks for in a 403 that is about the key and not the object.
const ABOUT_THE_KEY: &str = "invalid API key";

/// The chosen rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    reinvite_expired: bool,
    reinvite_deactivated: bool,
    forbidden_is_gone: bool,
}

impl Rules {
    /// Reads the rules from the environment.
    ///
    /// # Errors
    /// A diagnostic that names the variable and what it may say.
    pub(crate) fn read(environment: &Environment) -> Result<Self, Diagnostics> {
        let mut rules = Self::default();
        let reinvite = environment.first(CONFLUENT_REINVITE).unwrap_or_default();
        for word in reinvite.split(',').map(str::trim) {
            match word {
                "" => {}
                "expired" => rules.reinvite_expired = true,
                "deactivated" => rules.reinvite_deactivated = true,
                _ => return Err(unknown("VESTIBULE_CONFLUENT_REINVITE", word, REINVITE)),
            }
        }
        match environment.first(CONFLUENT_FORBIDDEN).as_deref() {
            None | Some("error") => {}
            Some("gone") => rules.forbidden_is_gone = true,
            Some(word) => return Err(unknown("VESTIBULE_CONFLUENT_FORBIDDEN", word, FORBIDDEN)),
        }
        Ok(rules)
    }

    /// Whether an invitation that stands so is to be replaced by a new one.
    pub(super) fn reinvites(self, status: &str) -> bool {
        match status {
            STATUS_EXPIRED => self.reinvite_expired,
            STATUS_DEACTIVATED => self.reinvite_deactivated,
            _ => false,
        }
    }

    /// Whether a 403 with this body is taken for "not found", as the vendor's provider does.
    pub(super) fn takes_for_gone(self, body: &str) -> bool {
        self.forbidden_is_gone && !body.contains(ABOUT_THE_KEY)
    }
}

/// What to say about an invitation that can no longer be accepted, if it is kept.
pub(super) fn lapsed(status: &str) -> Option<(&'static str, &'static str)> {
    match status {
        STATUS_EXPIRED => Some((
            "The invitation has expired",
            "Nobody can accept it any more, and nothing sends it again by itself. Replace it with \
             terraform apply -replace=ADDRESS, or set the environment variable \
             VESTIBULE_CONFLUENT_REINVITE=expired to have every expired invitation replaced.",
        )),
        STATUS_DEACTIVATED => Some((
            "The invitation is deactivated",
            "It was ended in the organization: withdrawn, declined, or its user was removed. \
             Replace it with terraform apply -replace=ADDRESS, or set the environment variable \
             VESTIBULE_CONFLUENT_REINVITE=expired,deactivated to have all such invitations \
             replaced.",
        )),
        _ => None,
    }
}

const REINVITE: &str = "a list of \"expired\" and \"deactivated\"";
const FORBIDDEN: &str = "\"error\" or \"gone\"";

fn unknown(variable: &str, word: &str, allowed: &str) -> Diagnostics {
    Diagnostic::error("An environment variable has an unknown value")
        .detail(format!(
            "{variable} must be {allowed}, but it has {word:?}."
        ))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(pairs: &[(&str, &str)]) -> Result<Rules, Diagnostics> {
        Rules::read(&Environment::of(pairs.iter().copied()))
    }

    #[test]
    fn unset_rules_are_the_vendors() {
        assert_eq!(rules(&[]).unwrap(), Rules::default());
        assert!(!Rules::default().reinvites(STATUS_EXPIRED));
        assert!(!Rules::default().takes_for_gone("not allowed"));
    }

    #[test]
    fn each_status_is_reinvited_if_it_is_named() {
        let both = rules(&[("VESTIBULE_CONFLUENT_REINVITE", " expired ,deactivated")]).unwrap();
        assert!(both.reinvites(STATUS_EXPIRED) && both.reinvites(STATUS_DEACTIVATED));
        assert!(!both.reinvites("INVITE_STATUS_ACCEPTED"));
        let one = rules(&[("VESTIBULE_CONFLUENT_REINVITE", "expired")]).unwrap();
        assert!(one.reinvites(STATUS_EXPIRED) && !one.reinvites(STATUS_DEACTIVATED));
    }

    #[test]
    fn what_a_rule_cannot_mean_is_refused() {
        for pair in [
            ("VESTIBULE_CONFLUENT_REINVITE", "always"),
            ("VESTIBULE_CONFLUENT_FORBIDDEN", "yes"),
        ] {
            rules(&[pair]).unwrap_err();
        }
    }
}
