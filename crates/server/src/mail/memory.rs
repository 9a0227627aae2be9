//! Mails in memory, for tests and for looking at them during development.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::compose::Composed;
use super::stored::Stored;

/// How many mails are kept; older ones are forgotten.
const KEPT: usize = 10_000;

/// The mails that were handed over. Clones share them.
#[derive(Clone)]
pub struct Memory {
    mails: Arc<Mutex<VecDeque<Stored>>>,
    count: watch::Sender<u64>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            mails: Arc::default(),
            count: watch::Sender::new(0),
        }
    }
}

impl Memory {
    pub(super) fn deliver(&self, mail: Composed) {
        let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        if mails.len() == KEPT {
            mails.pop_front();
        }
        let number = *self.count.borrow() + 1;
        mails.push_back(Stored {
            name: number.to_string(),
            bytes: mail.bytes,
        });
        self.count.send_replace(number);
    }

    /// The mails so far, oldest first.
    #[must_use]
    pub fn stored(&self) -> Vec<Stored> {
        let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.iter().cloned().collect()
    }

    pub(super) fn forget(&self) {
        let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.clear();
    }

    /// Waits until so many mails were handed over.
    pub async fn wait_for(&self, count: u64) {
        let mut counted = self.count.subscribe();
        // The sender lives as long as `self`, so this cannot fail.
        let _reached = counted.wait_for(|seen| *seen >= count).await;
    }
}
