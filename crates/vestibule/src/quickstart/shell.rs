//! Paths in command lines that people copy.

use std::path::Path;

/// A path as one word of a POSIX shell; as it is if that is one word already.
#[must_use]
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@%=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_whatever_it_holds() {
        let shown: Vec<String> = ["/a/b-c_1.d", "/a b", "/it's", "/$HOME;ls", "/ö", ""]
            .iter()
            .map(|path| quoted(Path::new(path)))
            .collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        /a/b-c_1.d
        '/a b'
        '/it'\''s'
        '/$HOME;ls'
        /ö
        ''
        ");
    }
}
