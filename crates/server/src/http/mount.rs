//! Where in a request's path the dialect's own path begins and ends.
//!
//! The vendor's Confluent clients append their paths to whatever endpoint they are told, which may
//! have a path of its own and may end in a slash, and they do not follow a redirect of a POST. So a
//! path is put right instead. Atlas serves a path with a slash at its end, too, which clients in
//! Python send. Must not touch anything else; what HTTP Digest signed is `OriginalUri`.

use axum::http::Uri;

use super::Surface;

/// What every path of the Confluent dialect but those of sessions begins with.
const BEGINNINGS: [&str; 2] = ["/iam/v2", "/sts/v1"];

/// Confluent: makes one slash of several, and drops what stands before the dialect's own path.
/// Atlas: drops one slash at the end.
pub(super) fn find(uri: &mut Uri) {
    let path = uri.path();
    let surface = Surface::of(path);
    if surface == Surface::Atlas {
        if let Some(own) = path.strip_suffix('/').map(str::to_owned) {
            replace_path(uri, &own);
        }
        return;
    }
    let may_be_mounted = surface == Surface::Pages && BEGINNINGS.iter().any(|b| mentions(path, b));
    let is_doubled = surface == Surface::Confluent && path.contains("//");
    if !may_be_mounted && !is_doubled {
        return;
    }
    let path_found = collapsed(path);
    let own = if may_be_mounted {
        let begins = |beginning| path_found.find(&format!("{beginning}/"));
        BEGINNINGS.iter().filter_map(begins).min()
    } else {
        Some(0)
    };
    if let Some(own) = own.and_then(|at| path_found.get(at..)) {
        replace_path(uri, own);
    }
}

fn replace_path(uri: &mut Uri, path: &str) {
    let replaced = match uri.query() {
        Some(query) => format!("{path}?{query}").parse(),
        None => path.parse(),
    };
    if let Ok(replaced) = replaced {
        *uri = replaced;
    }
}

/// Whether a path may hold this, with however many slashes: a cheap first look.
fn mentions(path: &str, beginning: &str) -> bool {
    let mut segments = beginning.split('/').filter(|segment| !segment.is_empty());
    segments.all(|segment| path.contains(segment))
}

/// A path with one slash where there are several.
pub(super) fn collapsed(path: &str) -> String {
    let mut collapsed = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !collapsed.ends_with('/') {
            collapsed.push(c);
        }
    }
    collapsed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialects_own_path_is_found_and_no_other_touched() {
        for (sent, found) in [
            (
                "//iam///v2/invitations?next=//x",
                "/iam/v2/invitations?next=//x",
            ),
            ("/iam/v2/users", "/iam/v2/users"),
            ("/cpdev.cloud/iam/v2/users?a=b", "/iam/v2/users?a=b"),
            ("/a/b//iam/v2//users", "/iam/v2/users"),
            ("/x/api/iam/v2/users", "/iam/v2/users"),
            ("/x/sts/v1/oauth2/token", "/sts/v1/oauth2/token"),
            ("/x/iam/v2/users/iam/v2/y", "/iam/v2/users/iam/v2/y"),
            ("/api//sessions", "/api/sessions"),
            ("/xiam/v2/users", "/xiam/v2/users"),
            ("/x/iam/v22/users", "/x/iam/v22/users"),
            ("/x/iam/v2", "/x/iam/v2"),
            (
                "/api/atlas/v2/orgs//iam/v2/x",
                "/api/atlas/v2/orgs//iam/v2/x",
            ),
            ("/api/atlas/v2/orgs/?a=b/", "/api/atlas/v2/orgs?a=b/"),
            ("/api/atlas/v1.0/", "/api/atlas/v1.0"),
            ("/api/atlas/v2/orgs//", "/api/atlas/v2/orgs/"),
            ("/v1/organizations/", "/v1/organizations/"),
            ("/v1//organizations/iam/v2/x", "/v1//organizations/iam/v2/x"),
            ("/invitations/x//y", "/invitations/x//y"),
        ] {
            let mut uri: Uri = sent.parse().expect("a uri");
            find(&mut uri);
            assert_eq!(uri.to_string(), found, "{sent}");
        }
    }
}
