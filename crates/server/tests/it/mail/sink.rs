//! A mail server for tests: real SMTP over TCP, with faults on order.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use vestibule_server::http::tasks;
use vestibule_server::mail::{Shown, SmtpConfig, Stored};

/// What to do with one mail; without a plan it is taken.
pub(crate) enum Plan {
    /// Say this instead of the greeting, and close.
    Greet(&'static str),
    /// Answer this to the sender.
    Sender(&'static str),
    /// Answer this to the recipient.
    Recipient(&'static str),
    /// Answer this to the content.
    Content(&'static str),
    /// Read the content, take it, and close without an answer.
    TakeAndDrop,
    /// Close in the middle of the dialogue.
    Drop,
    /// Read the content, say so, and answer once told to.
    Wait(Arc<Pause>),
    /// Do this when the content has been read, then take it.
    Then(Box<dyn FnOnce() + Send>),
}

/// Where a mail waits for the test.
pub(crate) struct Pause {
    pub(crate) reached: Notify,
    pub(crate) go_on: Semaphore,
}

impl Pause {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            reached: Notify::new(),
            go_on: Semaphore::new(0),
        })
    }
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) data: Vec<u8>,
    pub(crate) encrypted: bool,
}

impl Letter {
    pub(crate) fn shown(&self) -> Shown {
        let stored = Stored {
            name: String::new(),
            bytes: self.data.clone(),
        };
        stored.shown().expect("a mail")
    }

    pub(crate) fn header(&self, name: &str) -> String {
        let text = String::from_utf8(self.data.clone()).expect("text");
        let prefix = format!("{name}: ");
        let line = text.lines().find_map(|line| line.strip_prefix(&prefix));
        line.expect("the header").to_owned()
    }
}

#[derive(Default)]
pub(crate) struct Features {
    pub(crate) smtputf8: bool,
    pub(crate) starttls: Option<TlsAcceptor>,
    pub(crate) auth: bool,
}

pub(crate) struct Sink {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    features: Features,
    plans: Mutex<VecDeque<Plan>>,
    letters: Mutex<Vec<Letter>>,
    sign_ins: Mutex<Vec<String>>,
    connections: AtomicUsize,
    is_down: AtomicBool,
}

impl Sink {
    pub(crate) async fn start() -> Self {
        Self::with(Features::default()).await
    }

    pub(crate) async fn with(features: Features) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            features,
            ..Shared::default()
        });
        let task = tasks::spawn("mail sink", listen(listener, Arc::clone(&shared)));
        Self { port, shared, task }
    }

    pub(crate) fn config(&self) -> SmtpConfig {
        SmtpConfig::plain("127.0.0.1", self.port)
    }

    /// The plans of the next mails.
    pub(crate) fn plan(&self, plans: impl IntoIterator<Item = Plan>) {
        self.shared.plans.lock().expect("unpoisoned").extend(plans);
    }

    /// Refuses every connection from now on, or none any more.
    pub(crate) fn set_down(&self, is_down: bool) {
        self.shared.is_down.store(is_down, Ordering::SeqCst);
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.shared.letters.lock().expect("unpoisoned").clone()
    }

    pub(crate) fn sign_ins(&self) -> Vec<String> {
        self.shared.sign_ins.lock().expect("unpoisoned").clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        if shared.is_down.load(Ordering::SeqCst) {
            continue;
        }
        shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = Arc::clone(&shared);
        // What becomes of a dialogue that breaks off, the test sees on the other side.
        let _task = tasks::spawn("mail dialogue", async move {
            let mut session = Session {
                shared: &shared,
                stream: BufReader::new(stream),
                encrypted: false,
            };
            if session.run().await == Some(End::StartTls)
                && let Some(acceptor) = &shared.features.starttls
                && let Ok(stream) = acceptor.accept(session.stream.into_inner()).await
            {
                let mut session = Session {
                    shared: &shared,
                    stream: BufReader::new(stream),
                    encrypted: true,
                };
                session.run().await;
            }
        });
    }
}

#[derive(PartialEq)]
enum End {
    StartTls,
}

struct Session<'a, S> {
    shared: &'a Shared,
    stream: BufReader<S>,
    encrypted: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<'_, S> {
    /// `None` when the connection is over.
    async fn run(&mut self) -> Option<End> {
        if !self.encrypted {
            if let Some(greeting) = self.other_greeting() {
                self.say(greeting).await?;
                return None;
            }
            self.say("220 sink").await?;
        }
        let mut sender = String::new();
        loop {
            let line = self.line().await?;
            let verb = line.get(..4).unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "EHLO" => self.say(&self.hello()).await?,
                "STAR" => {
                    self.say("220 go on").await?;
                    return Some(End::StartTls);
                }
                "AUTH" => {
                    self.shared.sign_ins.lock().expect("unpoisoned").push(line);
                    self.say("235 welcome").await?;
                }
                "MAIL" => {
                    sender = line;
                    let answer = self.sender_answer();
                    self.say(answer).await?;
                }
                "RCPT" => self.mail(&sender, line).await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return None;
                }
                _ => self.say("250 ok").await?,
            }
        }
    }

    fn other_greeting(&self) -> Option<&'static str> {
        let mut plans = self.shared.plans.lock().expect("unpoisoned");
        match plans.pop_front_if(|plan| matches!(plan, Plan::Greet(_))) {
            Some(Plan::Greet(greeting)) => Some(greeting),
            _ => None,
        }
    }

    fn sender_answer(&self) -> &'static str {
        let mut plans = self.shared.plans.lock().expect("unpoisoned");
        match plans.pop_front_if(|plan| matches!(plan, Plan::Sender(_))) {
            Some(Plan::Sender(answer)) => answer,
            _ => "250 ok",
        }
    }

    fn hello(&self) -> String {
        let features = &self.shared.features;
        let mut hello = "250-sink\r\n250-8BITMIME\r\n".to_owned();
        if features.smtputf8 {
            hello.push_str("250-SMTPUTF8\r\n");
        }
        if features.auth && self.encrypted {
            hello.push_str("250-AUTH PLAIN\r\n");
        }
        if features.starttls.is_some() && !self.encrypted {
            hello.push_str("250-STARTTLS\r\n");
        }
        hello + "250 PIPELINING"
    }

    /// A mail from its recipient on.
    async fn mail(&mut self, sender: &str, recipient: String) -> Option<()> {
        let plan = self.shared.plans.lock().expect("unpoisoned").pop_front();
        match &plan {
            Some(Plan::Recipient(answer)) => return self.say(answer).await,
            Some(Plan::Drop) => return None,
            _ => self.say("250 ok").await?,
        }
        if !self.line().await?.eq_ignore_ascii_case("data") {
            return self.say("503 expected DATA").await;
        }
        self.say("354 go on").await?;
        let mut data = Vec::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                break;
            }
            data.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
            data.extend_from_slice(b"\r\n");
        }
        match plan {
            Some(Plan::Content(answer)) => return self.say(answer).await,
            Some(Plan::Wait(pause)) => {
                pause.reached.notify_one();
                let _permit = pause.go_on.acquire().await.expect("open");
            }
            Some(Plan::TakeAndDrop) => {
                self.take(sender, recipient, data);
                return None;
            }
            Some(Plan::Then(act)) => act(),
            _ => {}
        }
        self.take(sender, recipient, data);
        self.say("250 taken").await
    }

    fn take(&self, sender: &str, recipient: String, data: Vec<u8>) {
        self.shared
            .letters
            .lock()
            .expect("unpoisoned")
            .push(Letter {
                sender: sender.to_owned(),
                recipient,
                data,
                encrypted: self.encrypted,
            });
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }

    async fn say(&mut self, text: &str) -> Option<()> {
        let answer = format!("{text}\r\n");
        self.stream
            .get_mut()
            .write_all(answer.as_bytes())
            .await
            .ok()
    }
}
