//! Invitations to a project: the native API's and Atlas' view. Confluent's has no projects.

use vestibule_core::project::Project;

use super::*;

/// An invitation to a new project, and the project.
async fn invite(test: &TestApp) -> (Invitation, Id<Project>) {
    let project = make(test, "/projects", &json!({"name": "Apollo"})).await;
    let id = project["id"].clone();
    let body = json!({
        "email": EMAIL,
        "project": id,
        "project_roles": [{"project": id, "roles": ["data_admin"]}],
    });
    let made = make(test, "/invitations", &body).await;
    let project = Id::from_native(id.as_str().expect("a text")).expect("an id");
    (stored(test, &made).await, project)
}

/// The same through Atlas, in which the native API's words are to be found all the same.
async fn invite_by_atlas(test: &TestApp) -> (Invitation, Id<Project>) {
    let project = make(test, "/projects", &json!({"name": "Apollo"})).await;
    let project: Id<Project> =
        Id::from_native(project["id"].as_str().expect("a text")).expect("an id");
    let request = Request::post(format!("/api/atlas/v2/groups/{}/invites", project.to_hex()))
        .header(header::ACCEPT, OLD)
        .header(header::CONTENT_TYPE, OLD)
        .header(header::AUTHORIZATION, test.owner_key.bearer())
        .body(Body::from(
            json!({"username": EMAIL, "roles": ["GROUP_DATA_ACCESS_ADMIN"]}).to_string(),
        ));
    let made = test.send(request.expect("a request")).await;
    let made = found(&made).expect("an invitation");
    let id: Id<Invitation> = Id::from_hex(made["id"].as_str().expect("a text")).expect("an id");
    let native = json!({ "id": id.to_native() });
    (stored(test, &native).await, project)
}

async fn views(test: &TestApp, id: Id<Invitation>, project: Id<Project>) -> Views {
    let path = format!(
        "/v1/organizations/{}/invitations/{}",
        test.organization.to_native(),
        id.to_native()
    );
    let native = test.call(Method::GET, &path, "").await;
    let confluent = format!("/iam/v2/invitations/{}", id.to_confluent());
    let confluent = test.call(Method::GET, &confluent, "").await;
    let group = format!("/api/atlas/v2/groups/{}", project.to_hex());
    let invite = atlas(test, OLD, &format!("{group}/invites/{}", id.to_hex())).await;
    Views {
        native: found(&native).expect("the native API forgets nothing"),
        confluent: found(&confluent),
        invite: found(&invite),
        user: atlas_user(test, &group).await,
    }
}

#[tokio::test]
async fn each_state_of_a_project_invitation_is_shown_as_the_table_says() {
    let rows = table("Project invitations: states");
    assert_eq!(rows.len(), 7);
    for row in &rows {
        for by_atlas in [false, true] {
            let test = TestApp::new().await;
            let (made, project) = if by_atlas {
                invite_by_atlas(&test).await
            } else {
                invite(&test).await
            };
            happen(&test, row[0], &made).await;
            let views = views(&test, made.id, project).await;
            assert_eq!(state_cells(&views), row[1..], "{}", row[0]);
        }
    }
}

#[tokio::test]
async fn each_field_of_a_project_invitation_is_shown_where_the_table_says() {
    let rows = table("Project invitations: fields");
    assert_eq!(rows.len(), 9);
    let test = TestApp::new().await;
    let (made, project) = invite(&test).await;
    let views = views(&test, made.id, project).await;
    let columns = [Some(&views.native), views.invite.as_ref()];
    for row in rows {
        assert_shown(&row, &columns);
    }
}
