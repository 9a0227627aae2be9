//! Random histories of invitations to a few addresses, on both engines, and what must hold after
//! every step of each.
//!
//! - At most one invitation of an address waits for an answer.
//! - An accepted invitation is cited by exactly one active membership, and an active membership by
//!   an accepted invitation.
//! - A list of people shows each of them as they are shown alone.
//! - Every change leaves an audit event, and a refusal leaves none.

use vestibule_core::invitation::{Edit, Invitation, State};
use vestibule_core::membership::MembershipState;
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::secret::AcceptToken;
use vestibule_core::{EmailAddress, Id, Random};
use vestibule_server::ops::directory::{Person, Standing};
use vestibule_server::ops::invitations::{InvitationEdit, NewInvitation};
use vestibule_server::ops::people::Listing;
use vestibule_server::ops::{acceptance, directory, invitations, members, people};
use vestibule_server::{Actor, AppError, Ctx};
use vestibule_store::{InvitationFilter, Slice, Tx};
use vestibule_testkit::app::{OWNER, TestApp};
use vestibule_testkit::store::Engine;

const ADDRESSES: [&str; 3] = ["ann@x.example", "Ann@X.example", "bea@x.example"];
const STEPS: usize = 120;

#[tokio::test]
async fn whatever_happens_the_invariants_hold_on_sqlite() {
    for seed in 0..4 {
        history(
            &TestApp::on(Engine::Sqlite).await.expect("always there"),
            seed,
        )
        .await;
    }
}

#[tokio::test]
async fn whatever_happens_the_invariants_hold_on_postgres() {
    for seed in 0..2 {
        let Some(app) = TestApp::on(Engine::Postgres).await else {
            return;
        };
        history(&app, seed).await;
    }
}

async fn history(app: &TestApp, seed: u64) {
    let dice = Random::seeded(seed);
    for step in 0..STEPS {
        let [what, whom, seconds] = dice.bytes::<3>();
        let before = audit_count(app).await;
        let happened = act(app, what % 8, ADDRESSES[usize::from(whom % 3)]).await;
        let changes = audit_count(app).await - before;
        match happened {
            Ok(()) => assert!(changes >= 1, "step {step}: a change without a trace"),
            Err(AppError::Refused(_)) => {
                assert_eq!(changes, 0, "step {step}: a trace without a change");
            }
            Err(other) => panic!("step {step}: {other:?}"),
        }
        check(app, step).await;
        if seconds > 200 {
            app.clock.advance_seconds(i64::from(seconds) * 3600);
        } else {
            app.clock.advance_seconds(i64::from(seconds));
        }
    }
}

async fn act(app: &TestApp, what: u8, address: &str) -> Result<(), AppError> {
    let email = EmailAddress::parse(address).expect("an address");
    let ctx = app.owner_ctx();
    app.run(ctx, move |tx, ctx| match what {
        0 | 1 => invitations::create(tx, ctx, &NewInvitation::of(email.clone())).map(drop),
        2 => with_latest(tx, ctx, &email, |tx, ctx, latest| {
            invitations::resend(tx, ctx, latest.id).map(drop)
        }),
        3 => with_latest(tx, ctx, &email, |tx, ctx, latest| {
            invitations::revoke(tx, ctx, latest.id).map(drop)
        }),
        4 => with_latest(tx, ctx, &email, |tx, ctx, latest| {
            answer(tx, ctx, latest, true)
        }),
        5 => with_latest(tx, ctx, &email, |tx, ctx, latest| {
            answer(tx, ctx, latest, false)
        }),
        6 => with_latest(tx, ctx, &email, |tx, ctx, latest| {
            members::remove(tx, ctx, latest.user).map(drop)
        }),
        _ => with_latest(tx, ctx, &email, |tx, ctx, latest| {
            let roles = Some(RoleSet::of(&[Role::ReadOnly]));
            let change = InvitationEdit {
                project_roles: None,
                edit: Edit {
                    roles,
                    ..Edit::default()
                },
                if_version: None,
            };
            invitations::edit(tx, ctx, latest.id, &change).map(drop)
        }),
    })
    .await
}

fn with_latest(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
    then: impl Fn(&mut Tx<'_>, &Ctx, &Invitation) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let nobody = || vestibule_core::Refusal::not_found::<Invitation>("");
    let user = tx.find_user_by_email(email)?.ok_or_else(nobody)?;
    let all = tx.list_invitations_of(ctx.organization, user.id)?;
    let latest = all
        .into_iter()
        .max_by_key(|i| (i.created_at, i.id))
        .ok_or_else(nobody)?;
    then(tx, ctx, &latest)
}

/// Answers with the invitation's current link. Repeating an acceptance is a success that changes
/// nothing; here it counts as a refusal.
fn answer(tx: &mut Tx<'_>, ctx: &Ctx, latest: &Invitation, accept: bool) -> Result<(), AppError> {
    let ctx = &Ctx {
        actor: Actor::Invitee,
        ..ctx.clone()
    };
    let token = ctx.keys.accept_token(latest).expect("a token");
    let token = AcceptToken::parse(&token).expect("our own token");
    if !accept {
        return acceptance::decline(tx, ctx, &token).map(drop);
    }
    acceptance::accept(tx, ctx, &token)?;
    if latest.state == State::Accepted {
        Err(vestibule_core::Refusal::LinkNotValid.into())
    } else {
        Ok(())
    }
}

async fn audit_count(app: &TestApp) -> usize {
    let ctx = app.owner_ctx();
    let events = app
        .run(ctx, |tx, ctx| Ok(tx.list_audit_events(ctx.organization)?))
        .await;
    events.expect("the events").len()
}

/// The people of the list, and each of them looked up, as texts in the same order.
async fn people(app: &TestApp) -> (Vec<String>, Vec<String>) {
    let found = app.run(app.owner_ctx(), |tx, ctx| {
        let everybody = Listing {
            standings: vec![
                Standing::Active,
                Standing::Pending,
                Standing::InvitationExpired,
                Standing::InvitationRejected,
            ],
            team: None,
            project: None,
            slice: Slice::first(100),
        };
        let page = people::list(tx, ctx, &everybody)?;
        assert_eq!(usize::try_from(page.total).ok(), Some(page.items.len()));
        let mut alone = Vec::new();
        for address in ["ann@x.example", "bea@x.example", OWNER] {
            let email = EmailAddress::parse(address).expect("an address");
            alone.extend(directory::find_person_by_email(tx, ctx, &email)?);
        }
        let sorted = |people: Vec<Person>| {
            let mut texts: Vec<String> = people.iter().map(|p| format!("{p:?}")).collect();
            texts.sort();
            texts
        };
        Ok((sorted(page.items), sorted(alone)))
    });
    found.await.expect("the people")
}

async fn check(app: &TestApp, step: usize) {
    let (listed, alone) = people(app).await;
    assert_eq!(listed, alone, "step {step}: the list differs");
    let ctx = app.owner_ctx();
    let (all, active, listed) = app
        .run(ctx, |tx, ctx| {
            let everything = InvitationFilter::default();
            let all = tx.list_invitations(ctx.organization, &everything, None, 10_000, ctx.now)?;
            let members = tx.list_members(ctx.organization, None, 10_000)?;
            let mut listed = Vec::new();
            for state in State::ALL {
                let filter = InvitationFilter {
                    state: Some(state),
                    ..InvitationFilter::default()
                };
                let found =
                    tx.list_invitations(ctx.organization, &filter, None, 10_000, ctx.now)?;
                listed.extend(
                    found
                        .into_iter()
                        .map(|i| (i.id, state, i.state_at(ctx.now))),
                );
            }
            Ok((all, members, listed))
        })
        .await
        .expect("the rows");
    for key in ["ann@x.example", "bea@x.example"] {
        let live = all
            .iter()
            .filter(|i| i.email.key() == key && i.state.is_live())
            .count();
        assert!(live <= 1, "step {step}: {live} live invitations of {key}");
    }
    let cited: Vec<Option<Id<Invitation>>> =
        active.iter().map(|m| m.membership.invitation).collect();
    for invitation in &all {
        let times = cited
            .iter()
            .filter(|cited| **cited == Some(invitation.id))
            .count();
        let expected = usize::from(invitation.state == State::Accepted);
        assert_eq!(times, expected, "step {step}: {:?}", invitation.state);
    }
    assert!(
        active
            .iter()
            .all(|m| m.membership.state == MembershipState::Active)
    );
    // The listing's idea of a state is the rule's idea of it.
    assert_eq!(
        listed.len(),
        all.len(),
        "step {step}: each is listed in one state"
    );
    assert!(
        listed.iter().all(|(_, wanted, is)| wanted == is),
        "step {step}: {listed:?}"
    );
}
