//! Faults that wait for requests. Owns which request meets which fault, and how often. Must not
//! answer: `http::watch` does what a fault says.

use std::sync::{Mutex, MutexGuard, PoisonError};

use vestibule_wire::native as wire;

/// Faults, in the order they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    faults: Vec<wire::TestFault>,
    last: u64,
}

impl Faults {
    /// Adds a fault, which was checked before.
    pub(crate) fn add(&self, fault: wire::TestFaultCreate) -> wire::TestFault {
        let mut waiting = self.lock();
        waiting.last += 1;
        let added = wire::TestFault {
            number: waiting.last,
            left: fault.times.unwrap_or(1),
            met: 0,
            fault,
        };
        waiting.faults.push(added.clone());
        added
    }

    /// All faults, used up ones included.
    pub(crate) fn list(&self) -> Vec<wire::TestFault> {
        self.lock().faults.clone()
    }

    /// Forgets all faults.
    pub(crate) fn clear(&self) {
        *self.lock() = Waiting::default();
    }

    /// The first fault that is left for such a request; it is taken once.
    pub(crate) fn take(&self, method: &str, path: &str) -> Option<wire::TestFault> {
        let mut waiting = self.lock();
        let found = waiting.faults.iter_mut().find(|waiting| {
            let wanted = &waiting.fault;
            waiting.left > 0
                && wanted
                    .method
                    .as_deref()
                    .is_none_or(|m| m.eq_ignore_ascii_case(method))
                && wanted
                    .path
                    .as_deref()
                    .is_none_or(|pattern| matches(pattern, path))
        })?;
        found.left -= 1;
        found.met += 1;
        Some(found.clone())
    }

    /// Gives back a fault that was taken and did not happen.
    pub(crate) fn give_back(&self, number: u64) {
        let mut waiting = self.lock();
        if let Some(fault) = waiting.faults.iter_mut().find(|f| f.number == number) {
            fault.left += 1;
            fault.met = fault.met.saturating_sub(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a path matches a pattern: `*` is any text without a slash, `**` any text.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((literal, rest)) = pattern.split_once('*') else {
        return pattern == path;
    };
    let Some(path) = path.strip_prefix(literal) else {
        return false;
    };
    let (rest, crosses) = rest.strip_prefix('*').map_or((rest, false), |r| (r, true));
    path.char_indices()
        .map(|(at, c)| (at, Some(c)))
        .chain([(path.len(), None)])
        .take_while(|(at, _)| crosses || !path.get(..*at).is_some_and(|p| p.contains('/')))
        .any(|(at, _)| path.get(at..).is_some_and(|path| matches(rest, path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stays_within_a_segment_and_two_do_not() {
        for (pattern, path) in [
            ("/iam/v2/invitations", "/iam/v2/invitations"),
            ("/iam/v2/*", "/iam/v2/users"),
            ("/iam/v2/invitations/*", "/iam/v2/invitations/i-1"),
            (
                "/api/atlas/v2/orgs/*/invites",
                "/api/atlas/v2/orgs/1f/invites",
            ),
            ("/api/**", "/api/atlas/v2/orgs"),
            ("**/invites", "/api/atlas/v2/orgs/1f/invites"),
            ("**", "/"),
            ("/i*m/**", "/iam/v2"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/iam/v2/invitations", "/iam/v2/invitations/i-1"),
            ("/iam/v2/*", "/iam/v2/users/u-1"),
            ("/iam/*", "/iam"),
            ("*", "/iam"),
            ("/api/**/invites", "/api/atlas/v2/orgs/1f/invites/2"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn a_fault_is_met_as_often_as_it_says() {
        let faults = Faults::default();
        faults.add(wire::TestFaultCreate {
            method: Some("post".to_owned()),
            times: Some(2),
            ..wire::TestFaultCreate::default()
        });
        assert_eq!(faults.take("GET", "/"), None);
        let first = faults.take("POST", "/").expect("a fault");
        faults.give_back(first.number);
        assert!(faults.take("POST", "/").is_some());
        assert!(faults.take("POST", "/").is_some());
        assert_eq!(faults.take("POST", "/"), None);
        assert_eq!(faults.list().len(), 1);
        faults.clear();
        assert_eq!(faults.list(), []);
    }
}
