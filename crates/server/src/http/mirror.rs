//! Terraform's provider network mirror protocol, for this version of our own providers: where
//! there is no registry in reach, `terraform init` installs them from the server.
//!
//! Owns the three documents of the protocol. They are for everybody: what they hand out is the
//! executable, which holds no secrets. Terraform asks only over HTTPS.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use tokio_util::io::ReaderStream;

use super::params::PathParams;
use crate::app::App;
use crate::distribution::{Archive, platform};

pub(super) fn routes() -> Router<App> {
    Router::new().route(
        "/terraform/mirror/{host}/{namespace}/{name}/{file}",
        get(serve),
    )
}

/// `index.json`: the versions there are.
#[derive(Serialize)]
struct Index {
    versions: BTreeMap<&'static str, Nothing>,
}

#[derive(Serialize)]
struct Nothing {}

/// `VERSION.json`: the archives of a version, by platform.
#[derive(Serialize)]
struct Archives {
    archives: BTreeMap<String, Place>,
}

/// Where an archive is, relative to the document, and what it must hash to.
#[derive(Serialize)]
struct Place {
    url: String,
    hashes: [String; 2],
}

/// The host is whatever registry the configuration names: a source without one belongs to
/// Terraform's or to OpenTofu's.
async fn serve(State(app): State<App>, path: PathParams) -> Response {
    let Some(distribution) = app.distribution() else {
        return nothing();
    };
    if !distribution.has(path.get("namespace"), path.get("name")) {
        return nothing();
    }
    let file = path.get("file");
    if file == "index.json" {
        return json(&Index {
            versions: BTreeMap::from([(distribution.version(), Nothing {})]),
        });
    }
    let archive = {
        let (distribution, name) = (Arc::clone(distribution), path.get("name").to_owned());
        let packing = tokio::task::spawn_blocking(move || distribution.archive(&name));
        match packing.await.map_err(io::Error::other).flatten() {
            Ok(Some(archive)) => archive,
            Ok(None) => return nothing(),
            Err(error) => return failed(&error),
        }
    };
    if file.strip_suffix(".json") == Some(distribution.version()) {
        return json(&document(&archive));
    }
    if file == archive.file_name {
        return download(&archive).await.unwrap_or_else(|e| failed(&e));
    }
    nothing()
}

fn document(archive: &Archive) -> Archives {
    let place = Place {
        url: archive.file_name.clone(),
        hashes: [
            archive.contents_hash.clone(),
            format!("zh:{}", archive.sha256),
        ],
    };
    Archives {
        archives: BTreeMap::from([(platform(), place)]),
    }
}

fn json(document: &impl Serialize) -> Response {
    match serde_json::to_vec(document) {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => failed(&error.into()),
    }
}

async fn download(archive: &Archive) -> io::Result<Response> {
    let file = tokio::fs::File::open(&archive.path).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, archive.length.to_string()),
    ];
    let body = Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024));
    Ok((headers, body).into_response())
}

fn nothing() -> Response {
    let words = "this server has no such provider, version or platform\n";
    (StatusCode::NOT_FOUND, words).into_response()
}

fn failed(error: &io::Error) -> Response {
    tracing::error!(kind = ?error.kind(), "a provider's archive cannot be made");
    let words = "the provider's archive cannot be made; the server's log says why\n";
    (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
}
