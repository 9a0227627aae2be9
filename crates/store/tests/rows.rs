//! What the rows' own statements promise, on every engine.

use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::{Id, Timestamp};
use vestibule_store::{Creation, Error, RequestKey, Slice, Tx, UsableKeys};
use vestibule_testkit::store::{Fresh, each_engine};

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// The `n`th key of an organization; it acts for one of two people, or for a program.
fn key(n: u8, kind: KeyKind, expires_at: Option<i64>) -> ApiKey {
    ApiKey {
        id: Id::from_bytes([n; 12]),
        organization: Id::from_bytes([1; 12]),
        principal: match n % 3 {
            0 => Principal::ServiceAccount(Id::from_bytes([7; 12])),
            of => Principal::User(Id::from_bytes([of; 12])),
        },
        kind,
        public_id: format!("public-{n}"),
        name: format!("Number {n}"),
        generation: 1,
        nonce: "a.b".to_owned(),
        created_at: at(0),
        expires_at: expires_at.map(at),
        revoked_at: None,
    }
}

/// Keys of two kinds that end before, at and after the tenth second, or never; some are revoked.
/// Every combination is there.
fn keys() -> Vec<ApiKey> {
    let mut keys = Vec::new();
    for n in 0..120 {
        let kind = match n % 2 {
            0 => KeyKind::Atlas,
            _ => KeyKind::Native,
        };
        let ends = match n / 2 % 4 {
            0 => None,
            more => Some(8 + i64::from(more)),
        };
        let revoked_at = (n % 5 == 0).then_some(at(5));
        keys.push(ApiKey {
            revoked_at,
            ..key(n, kind, ends)
        });
    }
    keys
}

#[tokio::test]
async fn the_usable_keys_are_those_that_the_rules_call_usable() {
    each_engine(async |Fresh { store, .. }| {
        let listed: Result<(), Error> = store
            .write(|tx: &mut Tx<'_>| {
                let all = keys();
                for key in &all {
                    tx.insert_api_key(key)?;
                    if key.revoked_at.is_some() {
                        tx.revoke_api_key(key.organization, key.id, at(5))?;
                    }
                }
                for seconds in 8..=12 {
                    for of in [None, Some(all[0].principal), Some(all[1].principal)] {
                        let wanted = UsableKeys {
                            organization: all[0].organization,
                            kind: KeyKind::Atlas,
                            of,
                            at: at(seconds),
                        };
                        let expected = all
                            .iter()
                            .filter(|key| key.is_usable(wanted.at))
                            .filter(|key| key.kind == wanted.kind)
                            .filter(|key| of.is_none_or(|of| key.principal == of));
                        let expected: Vec<_> = expected.map(|key| key.id).collect();
                        let found = tx.list_usable_keys(wanted, Slice::first(100))?;
                        let found: Vec<_> = found.iter().map(|key| key.id).collect();
                        assert_eq!(found, expected, "{wanted:?}");
                        let count = usize::try_from(tx.count_usable_keys(wanted)?).unwrap();
                        assert_eq!(count, expected.len(), "{wanted:?}");
                        assert!(!expected.is_empty() && expected.len() < 60, "{wanted:?}");
                    }
                }
                Ok(())
            })
            .await;
        listed.unwrap();
    })
    .await;
}

/// Remembers a creation until this second.
fn remember(tx: &mut Tx<'_>, request: &str, until: i64, now: i64) -> Result<bool, Error> {
    let creation = Creation::<ApiKey> {
        fingerprint: request.to_owned(),
        made: Id::from_bytes([3; 12]),
        forget_at: at(until),
    };
    tx.insert_creation(by(request), &creation, at(now))
}

const fn by(key: &str) -> RequestKey<'_> {
    RequestKey {
        organization: Id::from_bytes([1; 12]),
        principal: Principal::User(Id::from_bytes([2; 12])),
        key,
    }
}

#[tokio::test]
async fn what_is_over_is_deleted_some_at_a_time_and_counts_for_nothing_before() {
    each_engine(async |Fresh { store, .. }| {
        let done: Result<(), Error> = store
            .write(|tx: &mut Tx<'_>| {
                let key = key(0, KeyKind::Native, None);
                for n in 0..150_u8 {
                    assert!(remember(tx, &format!("old {n}"), 10, 0)?);
                    tx.insert_revocation(&key, [n; 8], at(10))?;
                }
                assert!(remember(tx, "younger", 11, 0)?);
                assert!(!remember(tx, "younger", 30, 10)?, "it is remembered");
                assert_eq!(tx.delete_ended_creations(at(9))?, 0);
                assert_eq!(tx.delete_ended_revocations(at(9))?, 0);

                // The oldest go first; what is left of those that are over is as good as gone.
                assert_eq!(tx.delete_ended_creations(at(11))?, 100);
                assert!(tx.find_creation::<ApiKey>(by("younger"), at(10))?.is_some());
                assert!(tx.find_creation::<ApiKey>(by("younger"), at(11))?.is_none());
                assert!(remember(tx, "younger", 30, 11)?);
                let found = tx.find_creation::<ApiKey>(by("younger"), at(29))?;
                assert_eq!(found.map(|found| found.forget_at), Some(at(30)));
                assert_eq!(tx.delete_ended_creations(at(11))?, 50);
                assert_eq!(tx.delete_ended_creations(at(11))?, 0);

                assert_eq!(tx.delete_ended_revocations(at(10))?, 100);
                assert_eq!(tx.delete_ended_revocations(at(10))?, 50);
                Ok(())
            })
            .await;
        done.unwrap();
    })
    .await;
}
