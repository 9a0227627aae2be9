//! Our own resources under real Terraform, from the first apply to the last.

use crate::server::Server;
use crate::terraform::{Feature, Loading, Workspace, available, knows};

const PROVIDER: &str = r#"
terraform {
  required_providers {
    vestibule = { source = "vestibule/vestibule" }
  }
}
"#;

/// A directory whose provider knows server and key from the environment.
pub(crate) fn workspace(server: &Server) -> Workspace {
    let mut workspace = Workspace::new(Loading::DevOverrides, server);
    workspace.write("providers.tf", PROVIDER);
    workspace.set("VESTIBULE_ENDPOINT", &server.url);
    workspace.set("VESTIBULE_TOKEN", &server.owner_key);
    workspace
}

const EVERYTHING: &str = r#"
resource "vestibule_organization" "branch" {
  name                 = "Branch"
  invitation_lifetimes = { confluent = 3600 }
}

resource "vestibule_team" "blue" {
  name = "Blue"
}

resource "vestibule_project" "payments" {
  name = "Payments"
}

resource "vestibule_invitation" "ann" {
  email = "Ann@Acme.Example"
  teams = [vestibule_team.blue.id]
}

resource "vestibule_member" "bea" {
  email   = "Bea@Acme.Example"
  roles   = ["member", "billing_viewer"]
  teams   = [vestibule_team.blue.id]
  message = "Welcome aboard"

  project_roles = [{
    project = vestibule_project.payments.id
    roles   = ["read_only"]
  }]
}

resource "vestibule_member" "elsewhere" {
  organization = vestibule_organization.branch.id
  email        = "cleo@acme.example"
}

resource "vestibule_api_key" "ci" {
  name         = "ci"
  roles        = ["read_only"]
  store_secret = true
}

data "vestibule_invitations" "of_ann" {
  email      = "ann@acme.example"
  depends_on = [vestibule_invitation.ann]
}

data "vestibule_members" "all" {}
data "vestibule_teams" "all" {}
data "vestibule_projects" "all" {}
data "vestibule_organizations" "all" {}

output "key" { value = provider::vestibule::address_key("Ann@Acme.Example") }
output "invited" { value = data.vestibule_invitations.of_ann.invitations[0].id == vestibule_invitation.ann.id }
output "same" {
  value = provider::vestibule::native_id("inv", provider::vestibule::confluent_id(vestibule_invitation.ann.id)) == vestibule_invitation.ann.id
}
"#;

#[test]
fn everything_of_our_own_is_made_changed_imported_and_destroyed() {
    if !available() {
        return;
    }
    let server = Server::start_testing();
    let workspace = workspace(&server);
    workspace.write("main.tf", EVERYTHING);
    let said = workspace.apply();
    assert!(said.contains("Resources: 7 added"), "{said}");
    assert!(
        said.contains("invited = true") && said.contains("same = true"),
        "{said}"
    );
    assert!(said.contains("key = \"ann@acme.example\""), "{said}");
    workspace.assert_no_changes();

    // People answer, and nothing differs.
    server.answer("accept", &server.token_of("ann@acme.example"));
    server.answer("accept", &server.token_of("bea@acme.example"));
    workspace.assert_no_changes();
    workspace.must("apply", &["-refresh-only", "-auto-approve", "-input=false"]);
    assert_eq!(
        workspace.state_of("vestibule_member.bea")["status"],
        "active"
    );

    let changed = EVERYTHING
        .replace("roles   = [\"read_only\"]", "roles   = [\"data_reader\"]")
        .replace("\"member\", \"billing_viewer\"", "\"read_only\"")
        .replace("name = \"Blue\"", "name = \"Green\"");
    workspace.write("main.tf", &changed);
    assert_eq!(
        workspace.planned(),
        [
            ("vestibule_member.bea".to_owned(), "update".to_owned()),
            ("vestibule_team.blue".to_owned(), "update".to_owned()),
        ]
    );
    workspace.apply();
    workspace.assert_no_changes();

    // Somebody else's configuration takes it all over.
    let id = |address: &str| {
        let state = workspace.state_of(address);
        state["id"].as_str().unwrap().to_owned()
    };
    let other = self::workspace(&server);
    other.write("main.tf", &changed);
    let branch = id("vestibule_organization.branch");
    for (address, import) in [
        ("vestibule_organization.branch", branch.clone()),
        ("vestibule_team.blue", id("vestibule_team.blue")),
        (
            "vestibule_project.payments",
            id("vestibule_project.payments"),
        ),
        ("vestibule_invitation.ann", "ANN@acme.example".to_owned()),
        (
            "vestibule_member.bea",
            format!("{}/bea@acme.example", server.organization),
        ),
        (
            "vestibule_member.elsewhere",
            format!("{branch}/cleo@acme.example"),
        ),
    ] {
        other.must("import", &["-input=false", address, &import]);
    }
    let planned = other.planned();
    // The words of a mail that was sent are not remembered by anybody.
    assert_eq!(
        planned,
        [
            ("vestibule_api_key.ci".to_owned(), "create".to_owned()),
            ("vestibule_member.bea".to_owned(), "update".to_owned()),
        ]
    );

    let said = workspace.destroy();
    assert!(said.contains("The organization still exists"), "{said}");
    let page = server.call("GET", &server.path("members"), None);
    let members = page["data"].as_array().unwrap();
    assert!(
        members.iter().all(|one| one["email"] != "Bea@Acme.Example"),
        "{page}"
    );
}

#[test]
fn after_an_expiry_the_plan_does_what_was_configured() {
    if !available() {
        return;
    }
    let server = Server::start_testing();
    let workspace = workspace(&server);
    let rules = ["renew", "recreate", "fail", "ignore"];
    let of = |kind: &str, rule: &str| {
        format!(
            "resource \"vestibule_{kind}\" \"{rule}\" {{\n  email = \"{kind}-{rule}@acme.example\"\n  \
             on_expiry = \"{rule}\"\n}}\n"
        )
    };
    let code = |rules: &[&str]| {
        let all = rules.iter();
        all.map(|rule| of("invitation", rule) + &of("member", rule))
            .collect::<String>()
    };
    workspace.write("main.tf", &code(&rules));
    workspace.apply();
    workspace.assert_no_changes();
    server.advance("370d");
    let refused = workspace.must_fail("plan", &["-input=false"]);
    assert_eq!(
        refused.matches("Error: The invitation has expired").count(),
        2,
        "{refused}"
    );
    workspace.write("main.tf", &code(&["renew", "recreate", "ignore"]));
    let planned: Vec<String> = workspace
        .planned()
        .into_iter()
        .map(|(address, action)| format!("{address}: {action}"))
        .collect();
    assert_eq!(
        planned,
        [
            "vestibule_invitation.fail: delete",
            "vestibule_invitation.recreate: delete+create",
            "vestibule_invitation.renew: update",
            "vestibule_member.fail: delete",
            "vestibule_member.recreate: delete+create",
            "vestibule_member.renew: update",
        ]
    );
    workspace.apply();
    workspace.assert_no_changes();
    for (address, status) in [
        ("vestibule_invitation.renew", "sent"),
        ("vestibule_invitation.recreate", "sent"),
        ("vestibule_invitation.ignore", "expired"),
        ("vestibule_member.renew", "invited"),
        ("vestibule_member.recreate", "invited"),
        ("vestibule_member.ignore", "expired"),
    ] {
        assert_eq!(workspace.state_of(address)["status"], status, "{address}");
    }
    workspace.destroy();
}

#[test]
fn after_somebody_left_the_plan_does_what_was_configured() {
    if !available() {
        return;
    }
    let server = Server::start_testing();
    let workspace = workspace(&server);
    let code = |rules: &[&str]| {
        let all = rules.iter().map(|rule| {
            format!(
                "resource \"vestibule_member\" \"{rule}\" {{\n  email = \"{rule}@acme.example\"\n  \
                 on_leave = \"{rule}\"\n}}\n"
            )
        });
        all.collect::<String>()
    };
    let rules = ["reinvite", "forget", "fail"];
    workspace.write("main.tf", &code(&rules));
    workspace.apply();
    let tokens = rules.map(|rule| server.token_of(&format!("{rule}@acme.example")));
    for token in &tokens {
        server.answer("accept", token);
    }
    workspace.assert_no_changes();
    for token in &tokens {
        server.answer("leave", token);
    }
    let refused = workspace.must_fail("plan", &["-input=false"]);
    assert_eq!(
        refused
            .matches("Error: The person is not in the organization")
            .count(),
        1,
        "{refused}"
    );
    workspace.write("main.tf", &code(&["reinvite", "forget"]));
    assert_eq!(
        workspace.planned(),
        [
            ("vestibule_member.fail".to_owned(), "delete".to_owned()),
            ("vestibule_member.reinvite".to_owned(), "update".to_owned()),
        ]
    );
    workspace.apply();
    workspace.assert_no_changes();
    assert_eq!(
        workspace.state_of("vestibule_member.reinvite")["status"],
        "invited"
    );
    workspace.destroy();
}

#[test]
fn a_moved_block_makes_a_member_of_an_invitation() {
    if !knows(Feature::MoveWithIdentity) {
        return;
    }
    let server = Server::start_testing();
    let workspace = workspace(&server);
    let resource = |kind: &str, name: &str| {
        format!(
            "resource \"vestibule_{kind}\" \"{name}\" {{\n  email = \"{name}@acme.example\"\n  \
             message = \"Welcome\"\n}}\n"
        )
    };
    let names = ["open", "accepted"];
    let code = names.map(|name| resource("invitation", name)).concat();
    workspace.write("main.tf", &code);
    workspace.apply();
    server.answer("accept", &server.token_of("accepted@acme.example"));
    let moved = names.map(|name| {
        let moved = format!(
            "moved {{\n  from = vestibule_invitation.{name}\n  to = vestibule_member.{name}\n}}\n"
        );
        resource("member", name) + &moved
    });
    workspace.write("main.tf", &moved.concat());
    assert_eq!(workspace.planned(), []);
    workspace.apply();
    for (name, status) in [("open", "invited"), ("accepted", "active")] {
        let state = workspace.state_of(&format!("vestibule_member.{name}"));
        assert_eq!(state["status"], status);
    }
    workspace.assert_no_changes();
    workspace.destroy();
}
