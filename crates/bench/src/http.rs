//! Load over HTTP/1.1 keep-alive connections.
//!
//! Speaks the little of the protocol that it needs by itself: the generator shares the machine
//! with the server, and every microsecond it takes is missing there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::measure::{Load, Work, cpu_time};
use crate::seed::{Prepared, fresh_address};
use crate::server::Server;

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(256 * 1024),
        })
    }

    /// Sends a request and reads its answer whole; gives the status.
    pub(crate) async fn exchange(&mut self, request: &str) -> anyhow::Result<u16> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some((status, length)) = head(&self.buffer)?
                && self.buffer.len() >= length
            {
                return Ok(status);
            }
        }
    }
}

/// Status and whole length of the answer that begins the buffer, once its head is complete.
fn head(buffer: &[u8]) -> anyhow::Result<Option<(u16, usize)>> {
    let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return Ok(None);
    };
    let text = std::str::from_utf8(buffer.get(..end).unwrap_or_default())?;
    let status = text.split(' ').nth(1).context("no status line")?.parse()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    Ok(Some((
        status,
        end + 4 + length.context("no content-length")?,
    )))
}

/// Sends `work` on so many connections for so long. `round` chooses the tokens to use up.
pub(crate) async fn measure(
    server: &Server,
    prepared: &Prepared,
    work: Work,
    (round, connections): (usize, usize),
    time: Duration,
) -> anyhow::Result<Load> {
    let tokens = Arc::new(prepared.tokens.get(round).cloned().unwrap_or_default());
    let next = Arc::new(AtomicUsize::new(0));
    let before = (server.cpu_time()?, cpu_time("self")?);
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let mut client = Client {
            connection: Connection::open(server.address).await?,
            key: prepared.key.clone(),
            organization: match work {
                Work::List => &prepared.listed,
                Work::CreateAtlas => &prepared.open_hex,
                Work::Create | Work::CreateConfluent | Work::Accept => &prepared.open,
            }
            .clone(),
            tokens: Arc::clone(&tokens),
            next: Arc::clone(&next),
        };
        running.spawn(async move { client.run(work, time).await });
    }
    let mut sum = Load::default();
    while let Some(ended) = running.join_next().await {
        sum.join(ended??);
    }
    sum.server_cpu = server.cpu_time()?.saturating_sub(before.0);
    sum.generator_cpu = cpu_time("self")?.saturating_sub(before.1);
    Ok(sum)
}

struct Client {
    connection: Connection,
    key: String,
    organization: String,
    tokens: Arc<Vec<String>>,
    next: Arc<AtomicUsize>,
}

impl Client {
    async fn run(&mut self, work: Work, time: Duration) -> anyhow::Result<Load> {
        let begun = Instant::now();
        let mut load = Load::default();
        while begun.elapsed() < time {
            let Some((request, expected)) = self.request(work) else {
                break;
            };
            let started = Instant::now();
            let status = self.connection.exchange(&request).await?;
            if status != expected {
                bail!("{} answered {status}: {}", work.name(), self.answer());
            }
            load.latencies.push(started.elapsed());
            load.done += 1;
        }
        load.elapsed = begun.elapsed();
        Ok(load)
    }

    fn answer(&self) -> String {
        String::from_utf8_lossy(&self.connection.buffer)
            .chars()
            .take(2000)
            .collect()
    }

    /// The next request, and the status that answers it; `None` if there is nothing left to do.
    fn request(&self, work: Work) -> Option<(String, u16)> {
        let Self {
            key, organization, ..
        } = self;
        let (line, body, expected) = match work {
            Work::Create => (
                format!("POST /v1/organizations/{organization}/invitations"),
                format!("{{\"email\":\"{}\"}}", fresh_address()),
                201,
            ),
            // With the same key in all three APIs, so that they differ in nothing but themselves. In
            // Confluent's the organization is the key's own.
            Work::CreateConfluent => (
                "POST /iam/v2/invitations".to_owned(),
                format!("{{\"email\":\"{}\"}}", fresh_address()),
                201,
            ),
            Work::CreateAtlas => (
                format!("POST /api/atlas/v2/orgs/{organization}/invites"),
                format!(
                    "{{\"roles\":[\"ORG_MEMBER\"],\"teamIds\":[],\"username\":\"{}\"}}",
                    fresh_address()
                ),
                200,
            ),
            Work::List => (
                format!("GET /v1/organizations/{organization}/invitations?limit=100"),
                String::new(),
                200,
            ),
            Work::Accept => {
                let token = self.tokens.get(self.next.fetch_add(1, Ordering::Relaxed))?;
                (
                    "POST /v1/invitations/accept".to_owned(),
                    format!("{{\"token\":\"{token}\"}}"),
                    200,
                )
            }
        };
        let media = if work == Work::CreateAtlas {
            "application/vnd.atlas.2023-01-01+json"
        } else {
            "application/json"
        };
        let request = format!(
            "{line} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\nAccept: {media}\r\n\
             Content-Type: {media}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        Some((request, expected))
    }
}
