//! `vestibule_project`, and roles in projects of `vestibule_member` and `vestibule_invitation`.

use tfplugin::{Object, Value};
use vestibule_testkit::app::TestApp;

use crate::terraform::{Terraform, details, summaries};
use crate::vestibule::Home;

const ANN: &str = "Ann.Lee@Example.org";

fn ann() -> Object {
    Object::new().with("email", ANN)
}

async fn project(home: &Home, name: &str) -> String {
    let mut project = home.resource("vestibule_project");
    let config = Object::new().with("name", name);
    project.apply(&config).await.unwrap();
    project.text("id")
}

fn places(all: &[(&str, &str)]) -> Value {
    Value::set(all.iter().map(|(project, role)| {
        Object::new()
            .with("project", *project)
            .with("roles", Value::set([*role]))
    }))
}

/// Roles in projects as the state has them, `<project> <roles>` in order.
fn shown(object: &Object) -> Vec<String> {
    let all = object.get("project_roles").as_slice().unwrap();
    let mut shown: Vec<String> = all
        .iter()
        .map(|one| {
            let one = one.as_object().unwrap();
            let roles = crate::vestibule::texts(one, "roles").join(",");
            format!("{} {roles}", one.str("project").unwrap())
        })
        .collect();
    shown.sort();
    shown
}

async fn accept(app: &TestApp) {
    app.accept(&app.open_invitation(ANN).await).await;
}

async fn applied(home: &Home, type_name: &str, config: &Object) -> Terraform {
    let mut resource = home.resource(type_name);
    resource.apply(config).await.unwrap();
    resource
}

#[tokio::test]
async fn a_project_is_made_renamed_imported_and_deleted() {
    let home = Home::new().await;
    let config = Object::new().with("name", "Payments");
    let mut project = applied(&home, "vestibule_project", &config).await;
    assert!(project.is_up_to_date(&config).await);
    assert!(project.text("id").starts_with("prj_"));
    assert_eq!(project.text("organization"), home.organization());

    let taken = home.resource("vestibule_project").apply(&config).await;
    let errors = taken.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot create the project at name"
    );
    assert!(
        details(&errors).contains("exists already"),
        "{}",
        details(&errors)
    );

    let renamed = Object::new().with("name", "Payments (EU)");
    assert_eq!(project.plan(&renamed).replaces, []);
    project.apply(&renamed).await.unwrap();
    assert!(project.is_up_to_date(&renamed).await);

    let mut imported = home.resource("vestibule_project");
    imported.import(&project.text("id")).await.unwrap();
    assert_eq!(imported.state, project.state);

    let found = home
        .read("vestibule_projects", Object::new())
        .await
        .unwrap();
    let first = found.get("projects").as_slice().unwrap()[0].clone();
    assert_eq!(first.as_object().unwrap().str("name"), Ok("Payments (EU)"));

    project.destroy().await.unwrap();
    imported.refresh().await.unwrap();
    assert_eq!(imported.state, None);
}

#[tokio::test]
async fn roles_in_projects_follow_a_member_from_the_invitation_to_the_end() {
    let home = Home::new().await;
    let (payments, search) = (
        project(&home, "Payments").await,
        project(&home, "Search").await,
    );
    let reader = ann().with("project_roles", places(&[(&payments, "data_reader")]));
    let mut member = applied(&home, "vestibule_member", &reader).await;
    assert!(member.is_up_to_date(&reader).await);

    // Promised, then changed while promised.
    let both = ann().with(
        "project_roles",
        places(&[(&payments, "owner"), (&search, "read_only")]),
    );
    assert_eq!(member.plan(&both).replaces, []);
    member.apply(&both).await.unwrap();
    assert!(member.is_up_to_date(&both).await);

    // Given, with no difference, then changed as a member's.
    accept(&home.app).await;
    assert!(member.is_up_to_date(&both).await);
    assert_eq!(member.text("status"), "active");
    let mut expected = [format!("{payments} owner"), format!("{search} read_only")];
    expected.sort();
    assert_eq!(shown(member.state()), expected);
    member.apply(&reader).await.unwrap();
    assert!(member.is_up_to_date(&reader).await);
    assert_eq!(shown(member.state()), [format!("{payments} data_reader")]);
    let none = ann().with("project_roles", places(&[]));
    member.apply(&none).await.unwrap();
    assert!(member.is_up_to_date(&none).await);
    assert_eq!(shown(member.state()), [""; 0]);
    member.destroy().await.unwrap();
}

#[tokio::test]
async fn roles_in_projects_that_are_not_configured_are_shown_and_left_alone() {
    let home = Home::new().await;
    let payments = project(&home, "Payments").await;
    let mut member = applied(&home, "vestibule_member", &ann()).await;
    assert_eq!(shown(member.state()), [""; 0]);
    accept(&home.app).await;
    // Somebody else lets her into a project.
    let reader = ann().with("project_roles", places(&[(&payments, "data_reader")]));
    let mut other = home.resource("vestibule_member");
    other.import(ANN).await.unwrap();
    other.apply(&reader).await.unwrap();

    assert!(member.is_up_to_date(&ann()).await);
    assert_eq!(shown(member.state()), [format!("{payments} data_reader")]);
    let admin = ann().with("roles", Value::set(["user_admin"]));
    member.apply(&admin).await.unwrap();
    assert!(member.is_up_to_date(&admin).await);
    assert_eq!(shown(member.state()), [format!("{payments} data_reader")]);
    // To configure what is there is no change.
    let both = admin.with("project_roles", places(&[(&payments, "data_reader")]));
    assert!(member.is_up_to_date(&both).await);
}

#[tokio::test]
async fn whoever_is_invited_again_is_promised_what_is_configured_and_no_more() {
    let home = Home::new().await;
    let payments = project(&home, "Payments").await;
    let reader = ann().with("project_roles", places(&[(&payments, "data_reader")]));
    for (config, expected) in [
        (ann(), vec![]),
        (reader.clone(), vec![format!("{payments} data_reader")]),
    ] {
        let mut member = applied(&home, "vestibule_member", &reader).await;
        let invitation = home.app.open_invitation(ANN).await;
        home.app.accept(&invitation).await;
        assert!(member.is_up_to_date(&reader).await);
        home.app.leave(&invitation).await;
        member.refresh().await.unwrap();
        assert_eq!(member.text("status"), "gone");
        member.apply(&config).await.unwrap();
        assert!(member.is_up_to_date(&config).await);
        assert_eq!(member.text("status"), "invited");
        assert_eq!(shown(member.state()), expected);
        member.destroy().await.unwrap();
    }
}

#[tokio::test]
async fn a_role_change_that_meets_an_acceptance_is_given_in_projects_too() {
    let home = Home::new().await;
    let payments = project(&home, "Payments").await;
    let mut member = applied(&home, "vestibule_member", &ann()).await;
    accept(&home.app).await;
    let reader = ann().with("project_roles", places(&[(&payments, "data_reader")]));
    member.apply(&reader).await.unwrap();
    assert!(member.is_up_to_date(&reader).await);
}

#[tokio::test]
async fn an_invitation_promises_roles_in_projects() {
    let home = Home::new().await;
    let payments = project(&home, "Payments").await;
    let reader = ann().with("project_roles", places(&[(&payments, "data_reader")]));
    let mut invitation = applied(&home, "vestibule_invitation", &reader).await;
    assert!(invitation.is_up_to_date(&reader).await);
    let owner = ann().with("project_roles", places(&[(&payments, "owner")]));
    invitation.apply(&owner).await.unwrap();
    assert!(invitation.is_up_to_date(&owner).await);
    let mut imported = home.resource("vestibule_invitation");
    imported.import(&invitation.text("id")).await.unwrap();
    assert!(imported.is_up_to_date(&owner).await);

    accept(&home.app).await;
    assert!(invitation.is_up_to_date(&owner).await);
    assert_eq!(
        summaries(&invitation.plan(&reader).diagnostics),
        "error: An accepted invitation cannot change at project_roles"
    );
}

#[tokio::test]
async fn a_member_is_invited_to_a_project() {
    let home = Home::new().await;
    let payments = project(&home, "Payments").await;
    home.app.accept(&home.app.invite(ANN).await).await;
    let config = ann()
        .with("project", payments.as_str())
        .with("project_roles", places(&[(&payments, "data_reader")]));
    let mut invitation = applied(&home, "vestibule_invitation", &config).await;
    assert!(invitation.is_up_to_date(&config).await);
    let listed = Object::new().with("project", payments.as_str());
    let found = home.read("vestibule_invitations", listed).await.unwrap();
    let all = found.get("invitations").as_slice().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].as_object().unwrap().str("project"), Ok(&*payments));
    let elsewhere = config.clone().with("project", "prj_00000000000000000000");
    assert_eq!(invitation.plan(&elsewhere).replaces, ["project".into()]);
    invitation.destroy().await.unwrap();
}

#[tokio::test]
async fn a_project_that_is_named_twice_and_one_that_is_none_are_refused() {
    let home = Home::new().await;
    let twice = Value::set([("owner"), ("read_only")].map(|role| {
        Object::new()
            .with("project", "prj_1")
            .with("roles", Value::set([role]))
    }));
    let mut member = home.resource("vestibule_member");
    let config = ann().with("project_roles", twice);
    let errors = member.validate(&config);
    assert!(
        details(&errors).contains("The project prj_1 is there twice"),
        "{}",
        details(&errors)
    );
    let unknown = places(&[("prj_00000000000000000000", "owner")]);
    let errors = member
        .apply(&ann().with("project_roles", unknown))
        .await
        .unwrap_err();
    assert!(
        details(&errors).contains("/project_roles: a project that it names"),
        "{}",
        details(&errors)
    );
}
