//! Every statement of the crate is understood by every engine.
#![expect(clippy::unwrap_used, reason = "test code: a panic is the failure")]

use std::{fs, path::Path};

use vestibule_testkit::store::{Fresh, each_engine};

/// How many statements the sources below a directory declare.
fn declared(directory: &Path) -> usize {
    let entries = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                return declared(&path);
            }
            let source = fs::read_to_string(&path).unwrap();
            let code = source
                .lines()
                .take_while(|line| *line != "#[cfg(test)]")
                .filter(|line| !line.trim_start().starts_with("//"));
            code.map(|line| line.matches("Sql::new(").count()).sum()
        })
        .sum()
}

#[tokio::test]
async fn every_statement_is_listed_and_can_be_prepared() {
    let declared = declared(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    each_engine(async |Fresh { store, .. }| {
        assert_eq!(store.prepare_all().await.unwrap(), declared);
    })
    .await;
}
