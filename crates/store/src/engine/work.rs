//! A closure on its way through an engine.
//!
//! Owns the erasure of the closure's types, the catching of panics, and the answer. Must not touch
//! a connection.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use crate::{Error, Tx};

/// What became of one run of a closure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ran {
    /// It succeeded: its writes are to be committed.
    Keep,
    /// It returned an error, or a statement failed: its writes are to be rolled back.
    Undo,
    /// It panicked: its writes are to be rolled back, and nothing it held can be relied on.
    Panicked,
}

/// A closure whose types the engines do not know.
pub(crate) trait Work: Send {
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    /// Runs the closure and keeps what it returned. May be called again.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    /// Answers with what the last run returned.
    fn answer(self: Box<Self>);
    /// Answers with a failure instead.
    fn fail(self: Box<Self>, error: Error);
}

/// A closure, what it returned, and who waits for it.
pub(crate) struct Call<F, R, E> {
    closure: F,
    outcome: Option<Result<R, E>>,
    caller: oneshot::Sender<Result<R, E>>,
}

impl<F, R, E> Call<F, R, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
    E: From<Error> + Send + 'static,
    R: Send + 'static,
{
    /// Wraps a closure, and gives the end at which its answer arrives.
    pub(crate) fn boxed(closure: F) -> (Box<dyn Work>, oneshot::Receiver<Result<R, E>>) {
        let (caller, answer) = oneshot::channel();
        let call = Self {
            closure,
            outcome: None,
            caller,
        };
        (Box::new(call), answer)
    }
}

impl<F, R, E> Work for Call<F, R, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
    E: From<Error> + Send + 'static,
    R: Send + 'static,
{
    fn is_abandoned(&self) -> bool {
        self.caller.is_closed()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        // What the closure leaves half done is in the transaction, which is rolled back, or in its
        // own captures, which are not run again after a panic.
        let result = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        let Ok(result) = result else {
            self.outcome = Some(Err(Error::Panicked.into()));
            return Ran::Panicked;
        };
        let (outcome, ran) = match (result, tx.failure()) {
            (Ok(value), None) => (Ok(value), Ran::Keep),
            (Ok(_), Some(failure)) => (Err(failure.clone().into()), Ran::Undo),
            (Err(error), _) => (Err(error), Ran::Undo),
        };
        self.outcome = Some(outcome);
        ran
    }

    fn answer(self: Box<Self>) {
        let outcome = self.outcome.unwrap_or_else(|| Err(Error::Closed.into()));
        // The caller may have gone away; then nobody wants the answer.
        let _unwanted = self.caller.send(outcome);
    }

    fn fail(self: Box<Self>, error: Error) {
        let _unwanted = self.caller.send(Err(error.into()));
    }
}
