//! When the process ends: Terraform's word, signals, or the loss of Terraform.

use std::io;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long after the last connection was closed another one may come.
const ORPHAN_GRACE: Duration = Duration::from_secs(5);

/// How long the first connection may take; Terraform itself waits a minute for the handshake.
const FIRST_CONNECTION: Duration = Duration::from_secs(90);

/// Why the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The client asked for it, or a signal: at once.
    Asked,
    /// The client is gone without a word: handlers may finish.
    Orphaned,
}

/// Waits for the reasons to end.
#[derive(Debug)]
pub(super) struct Lifecycle {
    /// Fired by the `Shutdown` call, or by whoever holds a debugging session.
    pub(super) shutdown: CancellationToken,
    managed: bool,
    orphan_grace: Duration,
    signals: Signals,
}

impl Lifecycle {
    /// The process belongs to one Terraform process.
    pub(super) fn managed() -> io::Result<Self> {
        Ok(Self {
            shutdown: CancellationToken::new(),
            managed: true,
            orphan_grace: ORPHAN_GRACE,
            signals: Signals::managed()?,
        })
    }

    /// The process is run by hand: Ctrl-C ends it.
    pub(super) fn debug() -> io::Result<Self> {
        Ok(Self {
            shutdown: CancellationToken::new(),
            managed: false,
            orphan_grace: ORPHAN_GRACE,
            signals: Signals::debug()?,
        })
    }

    /// The provider is served from inside another program, whose signals are its own.
    pub(super) fn embedded() -> Self {
        Self {
            shutdown: CancellationToken::new(),
            managed: false,
            orphan_grace: ORPHAN_GRACE,
            signals: Signals::default(),
        }
    }

    /// As managed, without signals and with less patience.
    #[cfg(test)]
    pub(super) fn impatient() -> Self {
        Self {
            managed: true,
            orphan_grace: Duration::from_millis(10),
            ..Self::embedded()
        }
    }

    /// What the `Shutdown` call may fire: nothing in a debugging session, which outlives clients.
    pub(super) fn shutdown_call(&self) -> Option<CancellationToken> {
        self.managed.then(|| self.shutdown.clone())
    }

    /// How long to wait, with so many connections, before giving the client up; `None` is forever.
    pub(super) fn grace(&self, connections: usize, ever_connected: bool) -> Option<Duration> {
        match (self.managed, connections, ever_connected) {
            (true, 0, true) => Some(self.orphan_grace),
            (true, 0, false) => Some(FIRST_CONNECTION),
            _ => None,
        }
    }

    /// Waits until the process is to end. Cancel-safe.
    pub(super) async fn end(&mut self) -> End {
        tokio::select! {
            () = self.shutdown.cancelled() => End::Asked,
            end = self.signals.next() => end,
        }
    }
}

#[cfg(unix)]
#[derive(Debug, Default)]
struct Signals {
    /// Ends the process at once.
    terminate: Vec<tokio::signal::unix::Signal>,
    /// Swallowed.
    ignored: Option<tokio::signal::unix::Signal>,
    parent: Option<Parent>,
}

#[cfg(unix)]
impl Signals {
    fn managed() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: vec![
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            ],
            // A terminal sends Ctrl-C to the whole process group; Terraform alone decides.
            ignored: Some(signal(SignalKind::interrupt())?),
            parent: Parent::watch(),
        })
    }

    fn debug() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ending = [
            SignalKind::terminate(),
            SignalKind::hangup(),
            SignalKind::interrupt(),
        ];
        let terminate = ending.into_iter().map(signal).collect::<Result<_, _>>()?;
        Ok(Self {
            terminate,
            ..Self::default()
        })
    }

    async fn next(&mut self) -> End {
        std::future::poll_fn(|cx| {
            use std::task::Poll;
            if self
                .terminate
                .iter_mut()
                .any(|signal| signal.poll_recv(cx).is_ready())
            {
                return Poll::Ready(End::Asked);
            }
            while let Some(ignored) = &mut self.ignored
                && ignored.poll_recv(cx).is_ready()
            {}
            while let Some(parent) = &mut self.parent
                && parent.signal.poll_recv(cx).is_ready()
            {
                if parent.is_gone() {
                    return Poll::Ready(End::Orphaned);
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// The parent process, whose death the kernel tells us of where it can (Linux).
#[cfg(unix)]
#[derive(Debug)]
struct Parent {
    signal: tokio::signal::unix::Signal,
    process: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl Parent {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn watch() -> Option<Self> {
        use rustix::process::{Signal, getppid, set_parent_process_death_signal};
        use tokio::signal::unix::{SignalKind, signal};
        let signal = signal(SignalKind::user_defined1()).ok()?;
        let process = getppid();
        set_parent_process_death_signal(Some(Signal::USR1)).ok()?;
        Some(Self { signal, process })
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn watch() -> Option<Self> {
        None
    }

    /// The kernel signals the end of the parent's *thread* that started us, and a thread may end
    /// before its process; anybody may send the signal, too. So look who the parent is.
    fn is_gone(&self) -> bool {
        rustix::process::getppid() != self.process
    }
}

#[cfg(not(unix))]
#[derive(Debug, Default)]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn managed() -> io::Result<Self> {
        Ok(Self)
    }

    fn debug() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> End {
        std::future::pending().await
    }
}
