//! The protocol's calls, answered with a [`Provider`]'s handlers.
//!
//! Owns the order of things around each handler: decode, call, complete, check, encode. It knows
//! nothing of processes, sockets and TLS (`serve`).

mod action;
mod apply;
mod catalog;
mod configure;
mod convert;
mod data;
mod describe;
mod ephemeral;
mod function;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod guard;
mod identity;
mod import;
mod list;
mod plan;
mod read;
mod reply;
mod service;
mod shape;
mod stream;
#[cfg(test)]
mod tests;
mod upgrade;
mod validate;

pub(crate) use service::{ProviderService, service};
pub(crate) use validate::run_validators;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::proto::tfplugin6::DynamicValue;
use crate::provider::{Context, Private, Provider};
use crate::value::Object;
use catalog::Catalog;

/// A provider with everything that lives as long as its process.
pub(crate) struct Backend {
    provider: Arc<dyn Provider>,
    catalog: Catalog,
    /// Fires on `StopProvider`; replaced by a new one then, for the calls that come afterwards.
    stop: Mutex<CancellationToken>,
    calls: AtomicU64,
    running: AtomicUsize,
}

impl Backend {
    pub(crate) fn new(provider: Arc<dyn Provider>) -> Self {
        Self {
            catalog: Catalog::new(&*provider),
            provider,
            stop: Mutex::default(),
            calls: AtomicU64::new(0),
            running: AtomicUsize::new(0),
        }
    }

    /// Asks the handlers that are running to finish early.
    pub(crate) fn stop(&self) {
        let token = std::mem::take(&mut *self.stop.lock().unwrap_or_else(PoisonError::into_inner));
        token.cancel();
    }

    /// How many calls are being answered.
    pub(crate) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// What the module says about itself. It is not worth an error if that cannot be read.
    fn meta(&self, value: Option<&DynamicValue>) -> Option<Object> {
        let shape = self.catalog.meta(&*self.provider)?;
        shape.decode(value).ok().flatten()
    }

    /// The context of a call that `StopProvider` ends.
    pub(crate) fn context(&self, config: Object, private: Private) -> Context {
        let token = self
            .stop
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Context::with_cancellation(config, private, token)
    }
}
