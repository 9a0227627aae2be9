//! As much of HTTP/1.1 as it takes: one request and one answer on a connection, headers as they come.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use jiff::Timestamp;
use serde_json::Value;

/// A request as it came in; names of headers in lower case.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A field of a form.
    pub(super) fn form(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(&self.body);
        let (_, value) = pairs.find(|(own, _)| own == name)?;
        Some(value.into_owned())
    }

    fn read(stream: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.map_or(Some(0), |(_, value)| value.parse().ok())?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        Some(Self {
            method,
            target,
            headers,
            body,
        })
    }
}

/// A status and a body.
pub struct Answer {
    status: u16,
    content_type: &'static str,
    body: String,
    date: Option<Timestamp>,
}

impl Answer {
    /// JSON, as Secrets Manager answers.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/x-amz-json-1.1", body.to_string())
    }

    /// XML, as STS answers.
    #[must_use]
    pub fn xml(status: u16, body: &str) -> Self {
        Self::new(status, "text/xml", body.to_owned())
    }

    fn new(status: u16, content_type: &'static str, body: String) -> Self {
        Self {
            status,
            content_type,
            body,
            date: None,
        }
    }

    pub(super) fn at(mut self, now: Timestamp) -> Self {
        self.date = Some(now);
        self
    }

    fn text(&self) -> String {
        let date = self
            .date
            .map(|now| now.strftime("%a, %d %b %Y %H:%M:%S GMT"));
        let date = date.map_or_else(String::new, |date| format!("date: {date}\r\n"));
        let (status, content_type) = (self.status, self.content_type);
        let (body, length) = (&self.body, self.body.len());
        format!(
            "HTTP/1.1 {status} x\r\n{date}content-type: {content_type}\r\nconnection: close\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
    }
}

/// Answers the one request of a connection. A client that goes away gets nothing.
pub(super) fn serve(stream: TcpStream, answer: impl FnOnce(&Request) -> Answer) {
    let mut stream = BufReader::new(stream);
    if let Some(request) = Request::read(&mut stream) {
        let text = answer(&request).text();
        drop(stream.get_mut().write_all(text.as_bytes()));
    }
}
