//! Addresses: the configured base, path segments and queries as Go's clients spell them.

use url::{Host, Url};

use crate::Error;

/// The base address of a service, without a slash at the end.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    text: String,
    is_loopback: bool,
}

impl BaseUrl {
    /// Takes an `http` or `https` address, which may have a path prefix.
    ///
    /// # Errors
    /// `Invalid` when it is no such address, carries credentials, a query or a fragment.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |reason: String| Error::invalid("configuration", reason);
        let url = Url::parse(text.trim())
            .map_err(|error| refuse(format!("the address is not a URL: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(refuse(
                "the address must begin with http:// or https:// and name a host".to_owned(),
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse(
                "credentials do not belong in the address; configure them separately".to_owned(),
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refuse(
                "the address must not have a query or a fragment".to_owned(),
            ));
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            is_loopback: match url.host() {
                Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
                Some(Host::Ipv4(address)) => address.is_loopback(),
                Some(Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            },
        })
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.is_loopback
    }

    /// The address of an escaped path (with query) below this base.
    ///
    /// # Errors
    /// `Invalid` when the result is no URL, which escaped paths do not lead to.
    pub(crate) fn join(&self, path_and_query: &str) -> Result<Url, Error> {
        let text = format!("{}{path_and_query}", self.text);
        Url::parse(&text).map_err(|error| {
            Error::invalid("configuration", format!("cannot form an address: {error}"))
        })
    }
}

/// One path segment, escaped as Go's `url.PathEscape` does: `$ & + : = @` stay as they are.
///
/// # Errors
/// `Invalid` for an empty segment and for `.` and `..`, which would name another resource.
pub(crate) fn segment(value: &str) -> Result<String, Error> {
    if matches!(value, "" | "." | "..") {
        return Err(Error::invalid(
            "request",
            format!("{value:?} cannot be part of an address: an id or a name is missing"),
        ));
    }
    let mut escaped = String::with_capacity(value.len());
    for byte in value.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_.~$&+:=@".contains(&byte);
        if plain {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(escaped)
}

/// A path with a form-encoded query; without one when there are no pairs.
pub(crate) fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("{path}?{query}")
}

/// The value of one query parameter of an absolute or relative address.
pub(crate) fn query_value(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_escaped_as_go_escapes_them() {
        let escaped = |value| segment(value).expect("a segment");
        assert_eq!(escaped("Ann.Lee+x@Example.org"), "Ann.Lee+x@Example.org");
        assert_eq!(
            escaped("a/b;c,d?e f%g#h|é"),
            "a%2Fb%3Bc%2Cd%3Fe%20f%25g%23h%7C%C3%A9"
        );
        assert_eq!(escaped("$&+:=@-_.~"), "$&+:=@-_.~");
    }

    #[test]
    fn segments_that_would_name_another_resource_are_refused() {
        for value in ["", ".", ".."] {
            segment(value).expect_err("refused");
        }
    }

    #[test]
    fn escaped_paths_survive_the_url_parser() {
        let base = BaseUrl::parse("http://127.0.0.1:8080/prefix/").expect("a base");
        let path = format!("/users/byName/{}", segment("a+b/%2e@x.com").expect("ok"));
        let url = base.join(&path).expect("a url");
        assert_eq!(
            url.as_str(),
            "http://127.0.0.1:8080/prefix/users/byName/a+b%2F%252e@x.com"
        );
    }

    #[test]
    fn loopback_hosts_are_recognised_in_all_spellings() {
        for (text, expected) in [
            ("http://127.0.0.1:8080", true),
            ("http://127.1", true),
            ("http://[::1]:1", true),
            ("https://LOCALHOST", true),
            ("http://127.0.0.1.example.org", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(
                BaseUrl::parse(text).expect("a base").is_loopback(),
                expected
            );
        }
    }

    #[test]
    fn queries_are_form_encoded() {
        assert_eq!(
            with_query("/x", &[("email", "a+b@x.com"), ("q", "a b")]),
            "/x?email=a%2Bb%40x.com&q=a+b"
        );
        assert_eq!(with_query("/x", &[]), "/x");
    }

    #[test]
    fn a_page_token_is_found_in_absolute_and_relative_links() {
        for link in [
            "https://h/iam/v2/users?page_size=10&page_token=a%2Bb",
            "?page_token=a%2Bb#x",
        ] {
            assert_eq!(query_value(link, "page_token").as_deref(), Some("a+b"));
        }
        assert_eq!(query_value("https://h/iam/v2/users", "page_token"), None);
    }

    #[test]
    fn base_addresses_with_credentials_queries_or_other_schemes_are_refused() {
        for text in [
            "ftp://host",
            "host:8080",
            "http://user:secret@host",
            "http://host/?x=1",
            "",
        ] {
            let error = BaseUrl::parse(text).expect_err("refused");
            assert!(!error.to_string().contains("secret"));
        }
    }
}
