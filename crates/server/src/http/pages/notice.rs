//! Pages that only say something.

use super::frame::Frame;
use crate::settings::Settings;

/// A heading and some paragraphs.
#[derive(askama::Template)]
#[template(path = "pages/notice.html")]
pub(super) struct Notice {
    pub(super) frame: Frame,
    pub(super) title: &'static str,
    pub(super) paragraphs: Vec<String>,
    pub(super) request_id: Option<String>,
}

impl Notice {
    pub(super) fn new(settings: &Settings, title: &'static str, paragraphs: &[&str]) -> Self {
        Self {
            frame: Frame::of(settings),
            title,
            paragraphs: paragraphs.iter().map(|&text| text.to_owned()).collect(),
            request_id: None,
        }
    }
}
