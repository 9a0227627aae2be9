//! Tracing events as go-plugin log records.
//!
//! Facts: `@level`, `@message`, `@timestamp` and `@module` make a line a record; they must be
//! strings (Terraform panics on a number), and lines over 64 KiB are not parsed.

use std::fmt;

use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::timestamp::now;

/// Longest field, so that a line with several stays below 64 KiB.
const MAX_FIELD_CHARS: usize = 8 * 1024;

/// Libraries whose events are about bytes, not about the provider.
const NOISE: [&str; 8] = [
    "h2",
    "hyper",
    "hyper_util",
    "mio",
    "rustls",
    "tokio",
    "tonic",
    "tower",
];

pub(super) struct HclogLayer<W> {
    module: String,
    level: Level,
    write: W,
}

/// The fields of a span, kept with it.
struct SpanFields(Map<String, Json>);

impl<W: Fn(&[u8])> HclogLayer<W> {
    pub(super) fn new(provider: &str, level: Level, write: W) -> Self {
        Self {
            module: provider.to_owned(),
            level,
            write,
        }
    }
}

impl<S, W> Layer<S> for HclogLayer<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + Send + Sync + 'static,
{
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _cx: Context<'_, S>) -> bool {
        // Spans always: their fields belong to events of any level.
        metadata.is_span() || (*metadata.level() <= self.level && !is_noise(metadata.target()))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(SpanFields(fields.0));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id)
            && let Some(SpanFields(known)) = span.extensions_mut().get_mut()
        {
            let mut fields = Fields::default();
            values.record(&mut fields);
            known.extend(fields.0);
        }
    }

    fn on_event(&self, event: &Event<'_>, cx: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in cx
            .event_scope(event)
            .into_iter()
            .flat_map(|scope| scope.from_root())
        {
            if let Some(SpanFields(known)) = span.extensions().get() {
                fields.0.extend(known.clone());
            }
        }
        event.record(&mut fields);
        let Fields(mut record) = fields;
        let message = record.remove("message").unwrap_or_else(|| Json::from(""));
        record.insert("@message".into(), message);
        record.insert("@level".into(), level_name(event.metadata().level()).into());
        record.insert("@module".into(), self.module.clone().into());
        record.insert("@timestamp".into(), now().into());
        let mut line = Json::Object(record).to_string();
        line.push('\n');
        (self.write)(line.as_bytes());
    }
}

fn is_noise(target: &str) -> bool {
    NOISE.contains(&target.split("::").next().unwrap_or_default())
}

fn level_name(level: &Level) -> &'static str {
    match *level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// Fields as JSON strings; empty ones are left out.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Fields {
    fn insert(&mut self, field: &Field, text: String) {
        if text.is_empty() && field.name() != "message" {
            return;
        }
        let text = match text.char_indices().nth(MAX_FIELD_CHARS) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text,
        };
        self.0.insert(field.name().to_owned(), text.into());
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    fn records(level: Level, log: impl FnOnce()) -> Vec<Json> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let write = move |line: &[u8]| {
            assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
            let mut record: Json = serde_json::from_slice(line).unwrap();
            let timestamp = record
                .as_object_mut()
                .unwrap()
                .remove("@timestamp")
                .unwrap();
            assert_eq!(
                timestamp.as_str().unwrap().len(),
                "2026-11-22T06:00:00.000000Z".len()
            );
            sink.lock().unwrap().push(record);
        };
        let layer = HclogLayer::new("example", level, write);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        std::mem::take(&mut *lines.lock().unwrap())
    }

    #[test]
    fn events_become_records_of_strings_with_the_fields_of_their_spans() {
        let records = records(Level::INFO, || {
            let span = tracing::info_span!(
                "rpc",
                tf_rpc = "ReadResource",
                tf_req_id = 7_u64,
                tf_resource_type = ""
            );
            let _entered = span.enter();
            tracing::info!(attempt = 2, ok = true, "two\nlines");
            tracing::debug!("below the level");
            tracing::warn!(target: "hyper::proto", "noise");
        });
        let text: Vec<_> = records.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(
            text.join("\n"),
            @r#"{"@level":"info","@message":"two\nlines","@module":"example","attempt":"2","ok":"true","tf_req_id":"7","tf_rpc":"ReadResource"}"#
        );
    }

    #[test]
    fn long_fields_are_cut() {
        let long = "ä".repeat(MAX_FIELD_CHARS * 2);
        let records = records(Level::ERROR, || tracing::error!(long, "cut"));
        let cut = records[0]["long"].as_str().unwrap();
        assert_eq!(cut.chars().count(), MAX_FIELD_CHARS + 1);
    }
}
