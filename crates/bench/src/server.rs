//! The server under load: the released executable, as a process of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::process::{Child, Command};

use crate::http::Connection;
use crate::measure::cpu_time;
use crate::seed::Prepared;

/// A running server.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// Milliseconds from its start to its first answer with 200.
    pub(crate) first_200_ms: f64,
    process: Child,
}

impl Server {
    /// Starts the executable on a prepared database and waits for its first answer.
    pub(crate) async fn start(executable: &Path, prepared: &Prepared) -> anyhow::Result<Self> {
        let address = free_address()?;
        let begun = Instant::now();
        let process = Command::new(executable)
            .arg("serve")
            .arg("--data-dir")
            .arg(prepared.directory.path())
            .arg("--listen")
            .arg(address.to_string())
            .env("VESTIBULE_DATABASE", &prepared.database)
            .args(["--mail", "off", "--log", "error"])
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", executable.display()))?;
        loop {
            if let Ok(mut connection) = Connection::open(address).await
                && connection
                    .exchange("GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n")
                    .await?
                    == 200
            {
                break;
            }
            if begun.elapsed() > Duration::from_secs(10) {
                bail!("the server does not answer");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(Self {
            address,
            first_200_ms: begun.elapsed().as_secs_f64() * 1000.0,
            process,
        })
    }

    /// The CPU time it has taken.
    pub(crate) fn cpu_time(&self) -> anyhow::Result<Duration> {
        let id = self.process.id().context("the server is gone")?;
        cpu_time(&id.to_string())
    }

    /// The memory it has in use now, in MB.
    pub(crate) fn resident_mb(&self) -> anyhow::Result<f64> {
        let id = self.process.id().context("the server is gone")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .context("no VmRSS")?;
        let kib: u32 = line
            .split_whitespace()
            .nth(1)
            .context("no figure")?
            .parse()?;
        Ok(f64::from(kib) / 1024.0)
    }

    /// Ends it.
    pub(crate) async fn stop(mut self) -> anyhow::Result<()> {
        self.process.kill().await?;
        Ok(())
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?)
}
