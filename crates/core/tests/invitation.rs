//! The life of an invitation: the table of transitions, and its properties under random histories.
#![expect(clippy::unwrap_used, reason = "test code: a panic is the failure")]

mod common;

use common::{NOW, invitation};
use proptest::prelude::*;
use vestibule_core::invitation::{Edit, Invitation, Reason, State};
use vestibule_core::secret::KeyRing;
use vestibule_core::{Lifetime, Random, Refusal, Timestamp};

fn ring() -> KeyRing {
    KeyRing::parse(&KeyRing::new_text(&Random::seeded(7))).unwrap()
}

fn sent() -> Invitation {
    invitation(&ring(), 1)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Resend,
    Accept,
    Decline,
    Revoke,
    Expire,
    CloseJoined,
    EndLeft,
    EndRemoved,
    Edit,
    Wait(u32),
}

fn step(invitation: &mut Invitation, step: Step, now: &mut Timestamp) -> bool {
    match step {
        Step::Resend => invitation.resend("k1.00".into(), *now).is_ok(),
        Step::Accept => invitation.accept(*now).is_ok(),
        Step::Decline => invitation.decline(*now).is_ok(),
        Step::Revoke => invitation.revoke(*now).is_ok(),
        Step::Expire => invitation.expire(*now),
        Step::CloseJoined => invitation.close_joined(*now).is_ok(),
        Step::EndLeft => invitation.end_membership(true, *now).is_ok(),
        Step::EndRemoved => invitation.end_membership(false, *now).is_ok(),
        Step::Edit => invitation.edit(Edit::default(), *now).is_ok(),
        Step::Wait(seconds) => {
            *now = now.plus_seconds(seconds.into());
            true
        }
    }
}

/// The table: from which effective state a step is allowed, and to which stored state it leads.
fn allowed(from: State, step: Step) -> Option<State> {
    use State::{Accepted, Deactivated, Expired, Sent, Staged};
    match (from, step) {
        (Sent | Expired, Step::Resend) => Some(Sent),
        (Sent, Step::Accept) | (Staged | Sent, Step::CloseJoined) => Some(Accepted),
        (Sent, Step::Decline) | (Staged | Sent | Expired, Step::Revoke) => Some(Deactivated),
        (Accepted, Step::EndLeft | Step::EndRemoved) => Some(Deactivated),
        (Staged | Sent, Step::Edit) => Some(from),
        _ => None,
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Resend),
        Just(Step::Accept),
        Just(Step::Decline),
        Just(Step::Revoke),
        Just(Step::Expire),
        Just(Step::CloseJoined),
        Just(Step::EndLeft),
        Just(Step::EndRemoved),
        Just(Step::Edit),
        (0_u32..10 * 86_400).prop_map(Step::Wait),
    ]
}

proptest! {
    #[test]
    fn every_history_follows_the_table(steps in prop::collection::vec(any_step(), 1..40), staged: bool) {
        let mut invitation = sent();
        if staged {
            invitation.state = State::Staged;
        }
        let mut now = NOW;
        for taken in steps {
            let before = invitation.clone();
            let from = invitation.state_at(now);
            let happened = step(&mut invitation, taken, &mut now);
            match taken {
                Step::Wait(_) => {}
                Step::Expire => prop_assert_eq!(happened, before.state.is_live() && from == State::Expired),
                Step::Resend if from == State::Sent => {
                    let waited = now.seconds_since(before.sent_at) >= 60;
                    prop_assert_eq!(happened, waited);
                }
                _ => {
                    let to = allowed(from, taken);
                    prop_assert_eq!(happened, to.is_some(), "{:?} from {:?}", taken, from);
                    if let Some(to) = to {
                        prop_assert_eq!(invitation.state, to);
                    }
                }
            }
            if !happened {
                prop_assert_eq!(&invitation, &before, "a refused step changes nothing");
            }
            prop_assert!(invitation.version >= before.version);
            prop_assert!(invitation.generation >= before.generation);
            prop_assert_eq!(invitation.id, before.id);
            if before.accepted_at.is_some() {
                prop_assert_eq!(invitation.accepted_at, before.accepted_at, "accepted_at stays");
            }
        }
    }

    #[test]
    fn expiry_is_decided_in_one_place_and_is_half_open(lifetime in 60_i64..365 * 86_400, offset in -5_i64..5) {
        let mut invitation = sent();
        invitation.edit(Edit { lifetime: Lifetime::from_seconds(lifetime), ..Edit::default() }, NOW).unwrap();
        let now = invitation.expires_at.plus_seconds(offset);
        let open = offset < 0;
        prop_assert_eq!(invitation.state_at(now) == State::Sent, open);
        prop_assert_eq!(invitation.clone().accept(now).is_ok(), open);
        prop_assert_eq!(invitation.clone().decline(now).is_ok(), open);
        prop_assert_eq!(invitation.clone().edit(Edit::default(), now).is_ok(), open);
        prop_assert_eq!(invitation.clone().expire(now), !open);
    }
}

#[test]
fn sec_s02_an_invitation_is_refused_at_the_very_instant_it_expires() {
    let mut invitation = sent();
    let end = invitation.expires_at;
    assert_eq!(invitation.accept(end), Err(Refusal::LinkNotValid));
    assert_eq!(invitation.state, State::Sent, "no sweeper has run");
    assert_eq!(
        invitation.accept(Timestamp::from_micros(end.as_micros() - 1)),
        Ok(())
    );
}

#[test]
fn an_accepted_invitation_cannot_be_withdrawn() {
    let mut invitation = sent();
    invitation.accept(NOW).unwrap();
    assert_eq!(invitation.revoke(NOW), Err(Refusal::AlreadyAccepted));
}

#[test]
fn revoking_twice_is_refused() {
    let mut invitation = sent();
    invitation.revoke(NOW).unwrap();
    assert_eq!(invitation.reason, Some(Reason::Revoked));
    let again = invitation.revoke(NOW);
    assert_eq!(
        again,
        Err(Refusal::NotOpen {
            state: State::Deactivated,
            wanted: "revoked"
        })
    );
}

#[test]
fn expiry_is_written_down_once() {
    let mut invitation = sent();
    let end = invitation.expires_at;
    assert!(invitation.expire(end));
    assert!(!invitation.expire(end));
    assert_eq!(invitation.ended_at, Some(end));
}

#[test]
fn renewing_an_expired_invitation_starts_its_life_anew() {
    let mut invitation = sent();
    let late = invitation.expires_at.plus_seconds(86_400);
    invitation.expire(late);
    invitation.resend("k1.01".into(), late).unwrap();
    assert_eq!(invitation.state_at(late), State::Sent);
    assert_eq!(invitation.expires_at, late.plus(Lifetime::days(7)));
    assert_eq!((invitation.generation, invitation.resend_count), (2, 1));
    assert_eq!(invitation.ended_at, None);
}

#[test]
fn a_resend_a_moment_after_the_first_mail_has_to_wait() {
    let mut invitation = sent();
    let refused = invitation.resend("k1.01".into(), NOW.plus_seconds(20));
    assert_eq!(refused, Err(Refusal::ResendTooSoon { seconds: 40 }));
}

#[test]
fn an_edit_does_not_move_the_start_of_its_life() {
    let mut invitation = sent();
    let later = NOW.plus_seconds(3600);
    let lifetime = Some(Lifetime::days(1));
    invitation
        .edit(
            Edit {
                lifetime,
                ..Edit::default()
            },
            later,
        )
        .unwrap();
    assert_eq!(invitation.expires_at, NOW.plus(Lifetime::days(1)));
}

#[test]
fn leaving_ends_an_accepted_invitation_and_keeps_when_it_was_accepted() {
    let mut invitation = sent();
    invitation.accept(NOW).unwrap();
    invitation
        .end_membership(true, NOW.plus_seconds(5))
        .unwrap();
    assert_eq!(invitation.reason, Some(Reason::UserLeft));
    assert_eq!(invitation.accepted_at, Some(NOW));
}
