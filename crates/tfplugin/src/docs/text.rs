//! Small pieces of Markdown and YAML.

/// A code block.
pub(super) fn fenced(language: &str, code: &str) -> String {
    // A fence longer than any inside the code.
    let longest = code
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    format!("{fence}{language}\n{}\n{fence}", code.trim_end())
}

/// Markdown without its marks: for places that show plain text.
pub(super) fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(found) = rest.find(['`', '*', '[']) {
        let (before, behind) = rest.split_at(found);
        out.push_str(before);
        rest = match link(behind) {
            Some((label, behind)) => {
                out.push_str(&plain(label));
                behind
            }
            None if behind.starts_with('[') => {
                out.push('[');
                behind.strip_prefix('[').unwrap_or_default()
            }
            None => behind.trim_start_matches(['`', '*']),
        };
    }
    out.push_str(rest);
    out
}

/// Splits `[label](address)rest`.
fn link(text: &str) -> Option<(&str, &str)> {
    let (label, behind) = text.strip_prefix('[')?.split_once("](")?;
    let (_, rest) = behind.split_once(')')?;
    (!label.contains(['[', ']'])).then_some((label, rest))
}

/// The front matter of a page, as the registry reads it.
pub(super) fn front_matter(title: &str, subcategory: &str, description: &str) -> String {
    let description = plain(description);
    let lines = description
        .trim()
        .lines()
        .map(|line| format!("  {}", line.trim()));
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    format!(
        "---\npage_title: {}\nsubcategory: {}\ndescription: |-\n{}\n---\n",
        quoted(title),
        quoted(subcategory),
        lines.collect::<Vec<_>>().join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_of_markdown() {
        assert_eq!(
            plain("**Invites** `a@b` ([see](x)) to [list](y) [a]."),
            "Invites a@b (see) to list [a]."
        );
    }

    #[test]
    fn a_fence_is_longer_than_those_inside() {
        assert_eq!(fenced("md", "```\na\n```\n"), "````md\n```\na\n```\n````");
        assert_eq!(fenced("sh", "a"), "```sh\na\n```");
    }

    #[test]
    fn front_matter_is_quoted() {
        insta::assert_snapshot!(front_matter("a: \"b\"", "", "One `line`.\n\nAnother."), @r#"
        ---
        page_title: "a: \"b\""
        subcategory: ""
        description: |-
          One line.
          
          Another.
        ---
        "#);
    }
}
