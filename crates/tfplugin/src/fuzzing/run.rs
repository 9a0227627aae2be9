//! A short run of every fuzz target on mutated seeds, the same in every test run.
//!
//! It needs no libFuzzer and does not look at coverage. For a longer one, with other inputs:
//! `TFPLUGIN_FUZZ_ITERATIONS=10000000 TFPLUGIN_FUZZ_SEED=7 cargo test --release -p tfplugin --lib fuzz`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use super::{
    handshake, msgpack, number, plan, private, rpc, signature, state, type_constraint, value,
};

/// How many inputs that were understood are mutated further.
const POOL: usize = 512;

/// A small generator of repeatable numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`; 0 if there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap().max(1);
        usize::try_from(self.next() % end).unwrap()
    }

    fn byte(&mut self) -> u8 {
        // Markers of MessagePack and JSON more often than others.
        const TELLING: &[u8] = b"\x00\x01\x7f\x80\x90\xa0\xc0\xc1\xc4\xc7\xcb\xcf\xd3\xd4\xd8\xdb\xdd\xdf\xff[]{}\",:-.e0";
        let any = u8::try_from(self.next() & 0xff).unwrap();
        if self.below(2) == 0 {
            return any;
        }
        TELLING[self.below(TELLING.len())]
    }

    fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut out = input.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(out.len());
            match self.below(6) {
                0 if !out.is_empty() => out[at] = self.byte(),
                1 if !out.is_empty() => out[at] ^= 1 << self.below(8),
                2 if !out.is_empty() => {
                    out.remove(at);
                }
                3 => out.truncate(at),
                4 => {
                    // A piece of another input, perhaps many times over.
                    let from = self.below(other.len());
                    let piece = &other[from..from + self.below(other.len() - from + 1)];
                    let piece = piece.repeat(1 + self.below(3));
                    out.splice(at..at, piece);
                }
                _ => {
                    let byte = self.byte();
                    out.insert(at, byte);
                }
            }
        }
        out
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

/// The inputs that a target starts from.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target);
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

/// Feeds mutations of its seeds to a target.
fn fuzz(name: &str, target: fn(&[u8]) -> bool, iterations: u64) {
    let iterations = setting("TFPLUGIN_FUZZ_ITERATIONS").unwrap_or(iterations);
    let mut random = Random(setting("TFPLUGIN_FUZZ_SEED").unwrap_or(1).max(1));
    let mut pool = seeds(name);
    for seed in &pool {
        assert!(
            target(seed) || name == "private",
            "a seed is not understood: {seed:02x?}"
        );
    }
    let mut understood = 0;
    for _ in 0..iterations {
        let (one, other) = (random.below(pool.len()), random.below(pool.len()));
        let input = random.mutate(&pool[one], &pool[other]);
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&input)));
        let is_understood = outcome.unwrap_or_else(|_| panic!("the input was {input:02x?}"));
        if is_understood && input.len() < 4096 {
            understood += 1;
            if pool.len() < POOL {
                pool.push(input);
            } else {
                let at = random.below(POOL);
                pool[at] = input;
            }
        }
    }
    // Otherwise only the first bytes of the decoders were tried.
    assert!(
        understood > iterations / 100,
        "only {understood} inputs were understood"
    );
}

#[test]
fn fuzz_what_is_decoded_is_encoded_and_decoded_to_the_same() {
    fuzz("msgpack", msgpack, 20_000);
}

#[test]
fn fuzz_any_value_of_any_type_survives_the_wire() {
    fuzz("value", value, 20_000);
}

#[test]
fn fuzz_a_stored_state_that_fits_its_type_is_encoded() {
    fuzz("state", state, 20_000);
}

#[test]
fn fuzz_any_private_state_is_read() {
    fuzz("private", private, 20_000);
}

#[test]
fn fuzz_a_type_that_is_read_is_written_and_read_to_the_same() {
    fuzz("type_constraint", type_constraint, 20_000);
}

#[test]
fn fuzz_a_number_keeps_every_digit_and_its_place() {
    fuzz("number", number, 5_000);
}

#[test]
fn fuzz_terraform_accepts_the_plans_of_any_schema() {
    fuzz("plan", plan, 2_000);
}

#[test]
fn fuzz_every_request_is_answered() {
    fuzz("rpc", rpc, 2_000);
}

#[test]
fn fuzz_no_environment_breaks_the_handshake() {
    fuzz("handshake", handshake, 500);
}

#[test]
fn fuzz_a_signature_is_good_for_one_message() {
    fuzz("signature", signature, 20);
}
