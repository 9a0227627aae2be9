//! Tests of reading seeds.

use super::*;

fn refused(text: &str) -> String {
    parse(text, "seed.toml").expect_err("refused").to_string()
}

const ACME: &str = "[[organizations]]\nname = \"Acme\"\n";

#[test]
fn the_default_seed_is_one() {
    let seed = load(&SeedSource::Default).expect("a seed");
    assert_eq!(seed.organizations.len(), 2);
    insta::assert_snapshot!(seed.organizations[0].id, @"org_cp90100000000000000g");
}

#[test]
fn what_is_wrong_is_told_with_line_key_and_expectation() {
    let member = "[[organizations.members]]\nemail = \"a@acme.example\"\n";
    let key = "[[organizations.keys]]\nname = \"k\"\nholder = \"x\"\n";
    let wrong = [
        String::new(),
        "organizations = []".to_owned(),
        "organizations = 3".to_owned(),
        "[[organizations]]\nname = \"Acme\"\nssso = true".to_owned(),
        format!("{ACME}sso = \"yes\""),
        format!("{ACME}id = \"12\""),
        format!("{ACME}id = \"404000000000000000000000\""),
        format!("{ACME}{member}"),
        format!("{ACME}{member}roles = [\"owner\", \"boss\"]"),
        format!("{ACME}{member}roles = []"),
        format!("{ACME}{member}roles = [\"owner\"]\n{member}roles = [\"owner\"]"),
        format!("{ACME}{key}kind = \"aws\""),
        format!("{ACME}{key}kind = \"atlas\""),
        format!("{ACME}{ACME}"),
        format!("{ACME}invitation_days = {{ atlas = 0 }}"),
        format!("{ACME}id = "),
    ];
    let said: Vec<_> = wrong.iter().map(|text| refused(text)).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    seed.toml, line 1: organizations: it is needed, and is not there
    seed.toml, line 1: organizations: there is none
      expected: at least one [[organizations]]
    seed.toml, line 1: organizations: invalid type: integer `3`
      expected: a sequence
    seed.toml, line 3: ssso: unknown field `ssso`
      expected: one of `name`, `id`, `sso`, `invitation_days`, `members`, `teams`, `projects`, `service_accounts`, `keys`
    seed.toml, line 3: sso: invalid type: string "yes"
      expected: a boolean
    seed.toml, line 3: id: "12" is no organization id
      expected: 24 hexadecimal digits, org_… or org-…
    seed.toml, line 3: id: "404000000000000000000000" holds 404, which a vendor's Terraform provider takes for a status
      expected: 24 hexadecimal digits without 404
    seed.toml, line 3: roles: it is needed, and is not there
    seed.toml, line 5: roles: "boss" is no role
      expected: one or more of owner, user_admin, project_creator, billing_admin, billing_viewer, stream_admin, read_only, member
    seed.toml, line 5: roles: there is none
      expected: one or more of owner, user_admin, project_creator, billing_admin, billing_viewer, stream_admin, read_only, member
    seed.toml, line 7: email: is a member already
      expected: each member once
    seed.toml, line 6: kind: "aws" is no kind of key
      expected: native, confluent, atlas or atlas_service_account
    seed.toml, line 5: holder: "x" is nobody here
      expected: the address of a member or the name of a service account of the organization
    seed.toml, line 4: id: "Acme" is taken
      expected: an id, or a name where ids follow from names, that nothing else has
    seed.toml, line 3: atlas: it is no lifetime
      expected: 1 to 365 days
    seed.toml, line 3: id: string values must be quoted
      expected: literal string
    "#);
}

#[test]
fn ids_and_secrets_follow_from_names() {
    let text = format!(
        "{ACME}[[organizations.service_accounts]]\nname = \"ci\"\nroles = [\"owner\"]\n\
                        [[organizations.keys]]\nkind = \"confluent\"\nname = \"k\"\nholder = \"ci\"\n"
    );
    let seed = parse(&text, "seed.toml").expect("a seed");
    assert_eq!(seed, parse(&text, "seed.toml").expect("a seed"));
    insta::assert_snapshot!(seed.organizations[0].keys[0].public_id, @"XN1F2E9F19191JMN");
}
