//! Randomness as a value. Owns the two sources: the operating system's, and a repeatable one for
//! tests. Must not be used for anything that a derived secret can do ([`crate::secret`]).

use std::sync::atomic::{AtomicU64, Ordering};

use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

/// A source of random bytes, shared by all operations of a server.
#[derive(Debug)]
pub struct Random(Source);

#[derive(Debug)]
enum Source {
    System(SystemRandom),
    Seeded { seed: u64, counter: AtomicU64 },
}

impl Random {
    /// The operating system's random numbers.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System(SystemRandom::new()))
    }

    /// The same numbers on each run; for tests only.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(Source::Seeded {
            seed,
            counter: AtomicU64::new(0),
        })
    }

    /// `N` random bytes (`N` ≤ 32 from a seeded source).
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        match &self.0 {
            Source::System(system) => {
                #[expect(clippy::expect_used, reason = "without random numbers nothing is safe")]
                system
                    .fill(&mut out)
                    .expect("the operating system gives random numbers");
            }
            Source::Seeded { seed, counter } => {
                let n = counter.fetch_add(1, Ordering::Relaxed);
                let mut hash = Sha256::new();
                hash.update(seed.to_be_bytes());
                hash.update(n.to_be_bytes());
                for (to, from) in out.iter_mut().zip(hash.finalize()) {
                    *to = from;
                }
            }
        }
        out
    }
}
