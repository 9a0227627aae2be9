//! The templates of pages: the small part of Go's template language that such templates use.
//!
//! `{{ .Name }}`, `{{ if .HasExample }} … {{ else }} … {{ end }}`, `{{ tffile "path" }}`,
//! `{{ codefile "language" "path" }}`, comments, `-` against white space, and the filters
//! `trimspace`, `plainmarkdown` and `prefixlines "…"`. Whatever else is in a template is an error.

use std::collections::BTreeMap;

use super::text::{fenced, plain};

/// The value of a variable.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Variable {
    Text(String),
    Flag(bool),
}

/// Where variables and files come from.
pub(super) struct Scope<'a> {
    pub(super) variables: BTreeMap<&'static str, Variable>,
    /// Reads a file by its path from the root of the documentation's sources.
    pub(super) read: &'a dyn Fn(&str) -> Result<String, String>,
}

/// Renders a template, or says what is wrong with it.
pub(super) fn render(template: &str, scope: &Scope<'_>) -> Result<String, String> {
    let mut tokens = tokenize(template)?.into_iter();
    let mut out = String::new();
    match block(&mut tokens, scope, true, &mut out)? {
        End::Template => Ok(out),
        End::Else => Err("there is an else without an if".to_owned()),
        End::If => Err("there is an end without an if".to_owned()),
    }
}

#[derive(Debug)]
enum Token<'t> {
    Text(&'t str),
    Action(&'t str),
}

/// What ended a block.
#[derive(Debug, PartialEq)]
enum End {
    Template,
    Else,
    If,
}

fn tokenize(template: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = template;
    while let Some((text, behind)) = rest.split_once("{{") {
        let (action, behind) = behind
            .split_once("}}")
            .ok_or_else(|| "an action is not closed".to_owned())?;
        let (action, text) = match action.strip_prefix('-') {
            Some(action) => (action, text.trim_end()),
            None => (action, text),
        };
        let (action, behind) = match action.strip_suffix('-') {
            Some(action) => (action, behind.trim_start()),
            None => (action, behind),
        };
        tokens.push(Token::Text(text));
        tokens.push(Token::Action(action.trim()));
        rest = behind;
    }
    tokens.push(Token::Text(rest));
    Ok(tokens)
}

/// Renders up to the end of the block; `shown` is whether anything of it is to be seen.
fn block(
    tokens: &mut std::vec::IntoIter<Token<'_>>,
    scope: &Scope<'_>,
    shown: bool,
    out: &mut String,
) -> Result<End, String> {
    while let Some(token) = tokens.next() {
        let action = match token {
            Token::Text(text) => {
                if shown {
                    out.push_str(text);
                }
                continue;
            }
            Token::Action(action) => action,
        };
        if action == "end" {
            return Ok(End::If);
        }
        if action == "else" {
            return Ok(End::Else);
        }
        if action.starts_with("/*") {
            continue;
        }
        if let Some(condition) = action.strip_prefix("if ") {
            let holds = truth(condition.trim(), scope)?;
            let mut end = block(tokens, scope, shown && holds, out)?;
            if end == End::Else {
                end = block(tokens, scope, shown && !holds, out)?;
            }
            if end != End::If {
                return Err(format!("if {condition} has no end"));
            }
        } else if shown {
            out.push_str(&pipeline(action, scope)?);
        }
    }
    Ok(End::Template)
}

fn truth(condition: &str, scope: &Scope<'_>) -> Result<bool, String> {
    let (negated, name) = match condition.strip_prefix("not ") {
        Some(name) => (true, name.trim()),
        None => (false, condition),
    };
    let holds = match variable(name, scope)? {
        Variable::Flag(flag) => *flag,
        Variable::Text(text) => !text.is_empty(),
    };
    Ok(holds != negated)
}

fn variable<'s>(name: &str, scope: &'s Scope<'_>) -> Result<&'s Variable, String> {
    name.strip_prefix('.')
        .and_then(|name| scope.variables.get(name))
        .ok_or_else(|| format!("there is no variable {name}"))
}

fn pipeline(action: &str, scope: &Scope<'_>) -> Result<String, String> {
    let words = words(action)?;
    let mut stages = words.split(|word| *word == Word::Pipe);
    let mut text = source(stages.next().unwrap_or_default(), scope)?;
    for stage in stages {
        text = match stage {
            [Word::Bare("trimspace")] => text.trim().to_owned(),
            [Word::Bare("plainmarkdown")] => plain(&text),
            [Word::Bare("prefixlines"), Word::Quoted(prefix)] => {
                let lines = text.lines().map(|line| format!("{prefix}{line}"));
                lines.collect::<Vec<_>>().join("\n")
            }
            _ => return Err(format!("this filter is not known: {action}")),
        };
    }
    Ok(text)
}

fn source(words: &[Word<'_>], scope: &Scope<'_>) -> Result<String, String> {
    match words {
        [Word::Bare(name)] => Ok(match variable(name, scope)? {
            Variable::Text(text) => text.clone(),
            Variable::Flag(flag) => flag.to_string(),
        }),
        [Word::Bare("tffile"), Word::Quoted(path)] => Ok(fenced("terraform", &(scope.read)(path)?)),
        [
            Word::Bare("codefile"),
            Word::Quoted(language),
            Word::Quoted(path),
        ] => Ok(fenced(language, &(scope.read)(path)?)),
        other => Err(format!("this is not understood: {other:?}")),
    }
}

#[derive(Debug, PartialEq)]
enum Word<'t> {
    Bare(&'t str),
    Quoted(&'t str),
    Pipe,
}

fn words(action: &str) -> Result<Vec<Word<'_>>, String> {
    let mut words = Vec::new();
    let mut rest = action.trim_start();
    while !rest.is_empty() {
        let (word, behind) = if let Some(quoted) = rest.strip_prefix('"') {
            let (text, behind) = quoted
                .split_once('"')
                .ok_or_else(|| format!("a quotation mark is missing: {action}"))?;
            (Word::Quoted(text), behind)
        } else if let Some(behind) = rest.strip_prefix('|') {
            (Word::Pipe, behind)
        } else {
            let end = rest.find([' ', '\t', '\n', '|', '"']);
            let (text, behind) = rest.split_at(end.unwrap_or(rest.len()));
            (Word::Bare(text), behind)
        };
        words.push(word);
        rest = behind.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str) -> Result<String, String> {
        let variables = BTreeMap::from([
            ("Name", Variable::Text("acme_note".into())),
            ("Empty", Variable::Text(String::new())),
            (
                "Description",
                Variable::Text(" A `note`.\nIn [a book](x).".into()),
            ),
            ("HasExample", Variable::Flag(true)),
        ]);
        let read = |path: &str| match path {
            "examples/a.tf" => Ok("a = 1\n".to_owned()),
            other => Err(format!("{other} is not there")),
        };
        render(
            template,
            &Scope {
                variables,
                read: &read,
            },
        )
    }

    #[test]
    fn variables_files_and_conditions_are_replaced() {
        let template = r#"# {{ .Name }} {{- /* nothing */ -}} !
{{ if .HasExample -}}
{{ tffile "examples/a.tf" }}
{{- else }}none{{ end }}{{ if not .Empty }} end{{ end }}
{{ .Description | plainmarkdown | trimspace | prefixlines "  " }}"#;
        insta::assert_snapshot!(rendered(template).unwrap(), @"
        # acme_note!
        ```terraform
        a = 1
        ``` end
          A note.
          In a book.
        ");
    }

    #[test]
    fn what_a_template_gets_wrong_is_said() {
        for (template, expected) in [
            ("{{ .Nome }}", "there is no variable .Nome"),
            (
                "{{ .Name | upper }}",
                "this filter is not known: .Name | upper",
            ),
            ("{{ if .Name }}", "if .Name has no end"),
            ("{{ end }}", "there is an end without an if"),
            ("{{ .Name", "an action is not closed"),
            (r#"{{ tffile "b.tf" }}"#, "b.tf is not there"),
            (
                r#"{{ tffile "b.tf }}"#,
                r#"a quotation mark is missing: tffile "b.tf"#,
            ),
        ] {
            assert_eq!(rendered(template), Err(expected.to_owned()), "{template}");
        }
    }
}
