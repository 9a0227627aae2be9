//! A real Chromium, driven by its own `chromedriver` over HTTP (the protocol of the W3C).
//!
//! Small on purpose: what our pages' tests need, over a plain TCP connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What makes the tests go on without a browser.
const SKIP: &str = "VESTIBULE_TEST_SKIP";

/// How long a page may take to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The key of an element in the protocol's JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window.
pub(crate) struct Browser {
    port: u16,
    session: String,
    driver: Child,
    profile: TempDir,
}

/// How a browser is set up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_phone: bool,
    pub(crate) is_dark: bool,
    pub(crate) has_scripts: bool,
}

impl Browser {
    /// Starts a browser; `None` if tests in browsers are skipped. Blocks.
    pub(crate) fn start(setup: Setup) -> Option<Self> {
        if is_skipped() {
            return None;
        }
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "chromedriver cannot be started ({error}): install chromium and \
                     chromium-driver, or set {SKIP}=browser"
                )
            });
        let port = port_of(&mut driver);
        let profile = TempDir::with_prefix("vestibule-browser-").expect("a directory");
        let mut browser = Self {
            port,
            session: String::new(),
            driver,
            profile,
        };
        let capabilities = capabilities(setup, &browser.profile_path());
        let made = browser.call("POST", "/session", &capabilities);
        browser.session = made["sessionId"].as_str().expect("a session").to_owned();
        browser.emulate(setup);
        Some(browser)
    }

    fn profile_path(&self) -> String {
        self.profile.path().display().to_string()
    }

    fn emulate(&self, setup: Setup) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({
                "width": setup.width,
                "height": setup.height,
                "deviceScaleFactor": 1,
                "mobile": setup.is_phone,
            }),
        );
        let scheme = if setup.is_dark { "dark" } else { "light" };
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        );
    }

    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.in_session("POST", "/goog/cdp/execute", &body)
    }

    pub(crate) fn open(&self, url: &str) {
        self.in_session("POST", "/url", &json!({"url": url}));
    }

    pub(crate) fn reload(&self) {
        self.in_session("POST", "/refresh", &json!({}));
    }

    pub(crate) fn back(&self) {
        self.in_session("POST", "/back", &json!({}));
    }

    /// Waits until the page with this title is there: a click may be over before its page has come.
    pub(crate) fn expect_page(&self, title: &str) {
        let begun = Instant::now();
        let wanted = format!("{title} \u{b7} Vestibule");
        loop {
            let seen = self.in_session("GET", "/title", &Value::Null);
            let state = self.devtools(
                "Runtime.evaluate",
                &json!({"expression": "document.readyState"}),
            );
            if seen == json!(wanted) && state["result"]["value"] == json!("complete") {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{seen} instead of {wanted}: {state}"
            );
        }
    }

    /// Waits until an element of this kind holds this text.
    pub(crate) fn expect_page_with(&self, selector: &str, text: &str) {
        let begun = Instant::now();
        let found = json!({
            "expression": format!(
                "[...document.querySelectorAll({})].some(e => e.innerText.includes({}))",
                json!(selector), json!(text)
            ),
        });
        while self.devtools("Runtime.evaluate", &found)["result"]["value"] != json!(true) {
            assert!(begun.elapsed() < PATIENCE, "no {selector} with {text:?}");
        }
    }

    /// Clicks the only element of this kind whose text is `text`, as a person does.
    pub(crate) fn click(&self, selector: &str, text: &str) {
        let query = json!({"using": "css selector", "value": selector});
        let found = self.in_session("POST", "/elements", &query);
        let ids = found
            .as_array()
            .expect("a list")
            .iter()
            .map(|found| found[ELEMENT].as_str().expect("an element").to_owned());
        let mut named = ids.filter(|id| {
            let shown = self.in_session("GET", &format!("/element/{id}/text"), &Value::Null);
            shown.as_str().is_some_and(|shown| shown.trim() == text)
        });
        let id = named
            .next()
            .unwrap_or_else(|| panic!("no {selector} {text:?}"));
        assert_eq!(named.next(), None, "one {selector} {text:?}");
        self.in_session("POST", &format!("/element/{id}/click"), &json!({}));
    }

    /// Presses a key on whatever has the focus.
    pub(crate) fn press(&self, key: char) {
        let key = key.to_string();
        let keys = json!({"actions": [{"type": "key", "id": "keys", "actions": [
            {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key},
        ]}]});
        self.in_session("POST", "/actions", &keys);
    }

    /// The text of whatever has the focus.
    pub(crate) fn focused(&self) -> String {
        let active = self.in_session("GET", "/element/active", &Value::Null);
        let id = active[ELEMENT].as_str().expect("an element").to_owned();
        let text = self.in_session("GET", &format!("/element/{id}/text"), &Value::Null);
        text.as_str().expect("a text").to_owned()
    }

    /// How wide the content of the page is, and how wide its window.
    pub(crate) fn widths(&self) -> (u64, u64) {
        let metrics = self.devtools("Page.getLayoutMetrics", &json!({}));
        let part = |name: &str, side: &str| {
            let part = metrics[name][side].as_f64().expect("a number");
            part.round().to_string().parse().expect("a width")
        };
        (
            part("cssContentSize", "width"),
            part("cssLayoutViewport", "clientWidth"),
        )
    }

    /// What the browser complained about since the last call.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let log = self.in_session("POST", "/se/log", &json!({"type": "browser"}));
        let lines = log.as_array().expect("a list").iter();
        lines.map(|line| line["message"].to_string()).collect()
    }

    /// A PNG of the whole page.
    pub(crate) fn screenshot(&self) -> Vec<u8> {
        let shot = self.devtools(
            "Page.captureScreenshot",
            &json!({"captureBeyondViewport": true}),
        );
        let text = shot["data"].as_str().expect("a picture");
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .expect("base64")
    }

    fn in_session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("/session/{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the driver listens");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("the driver reads");
        let (head, body) = read_answer(stream);
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        assert!(head.contains(" 200 "), "{method} {path}: {answer}");
        answer["value"].clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.in_session("DELETE", "", &Value::Null);
        }
        // Ends the browser too, if that is still there.
        let _gone = self.driver.kill();
        let _status = self.driver.wait();
    }
}

/// Head and body of an answer. The driver keeps the connection open, so its length is counted.
fn read_answer(stream: TcpStream) -> (String, Vec<u8>) {
    let patience = Duration::from_secs(60);
    stream.set_read_timeout(Some(patience)).expect("a timeout");
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let read = stream.read_line(&mut head).expect("the driver answers");
        assert_ne!(read, 0, "the driver broke off");
    }
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let length = lines
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .find_map(|(_, length)| length.trim().parse().ok());
    let mut body = vec![0; length.expect("a length")];
    stream.read_exact(&mut body).expect("the driver answers");
    (head, body)
}

fn capabilities(setup: Setup, profile: &str) -> Value {
    let mut arguments: Vec<String> = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(format!("--user-data-dir={profile}"));
    let mut preferences = json!({});
    if !setup.has_scripts {
        // 2 is "block" (Chromium, content_settings.h).
        preferences["profile.managed_default_content_settings.javascript"] = json!(2);
    }
    json!({"capabilities": {"alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": {"args": arguments, "prefs": preferences},
        "goog:loggingPrefs": {"browser": "ALL"},
        "unhandledPromptBehavior": "ignore",
    }}})
}

/// The port that the driver chose, from its own words.
fn port_of(driver: &mut Child) -> u16 {
    let output = driver.stdout.take().expect("piped");
    let mut lines = BufReader::new(output).lines();
    let port = lines.by_ref().find_map(|line| {
        let line = line.ok()?;
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // It must be able to go on talking.
    std::thread::spawn(move || lines.for_each(drop));
    port.expect("the driver tells its port")
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place of these tests that reads it"
)]
fn is_skipped() -> bool {
    std::env::var(SKIP).is_ok_and(|skip| skip.split(',').any(|what| what.trim() == "browser"))
}
