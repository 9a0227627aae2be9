// Calls an Atlas API with the vendor's own Go client, and prints what that client makes of each
// answer: one line a call, with the status, and the result or the vendor's error code.
//
// It owns the order of the calls; what they have to answer says the Rust test that runs it. The
// address and a key's two halves are its arguments.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/url"
	"os"

	"github.com/mongodb-forks/digest"
	"go.mongodb.org/atlas/mongodbatlas"
)

var (
	background = context.Background()
	names      = map[string]string{}
)

// show prints what came of a call, with a name in place of each id and without links.
func show(call string, result any, response *mongodbatlas.Response, err error) {
	if response == nil || response.Response == nil {
		log.Fatalf("%s: no answer: %v", call, err)
	}
	var refused *mongodbatlas.ErrorResponse
	switch {
	case errors.As(err, &refused):
		fmt.Println(call, response.StatusCode, refused.ErrorCode)
	case err != nil:
		log.Fatalf("%s: %v", call, err)
	case result == nil:
		fmt.Println(call, response.StatusCode)
	default:
		fmt.Println(call, response.StatusCode, text(result))
	}
}

// name gives an id the name that is printed in its place.
func name(id, name string) string {
	names[id] = name
	return id
}

func text(value any) string {
	whole, err := json.Marshal(value)
	if err != nil {
		log.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(whole, &plain); err != nil {
		log.Fatal(err)
	}
	short, err := json.Marshal(readable(plain))
	if err != nil {
		log.Fatal(err)
	}
	return string(short)
}

func readable(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if value[key] = readable(inner); key == "links" || inner == "" {
				delete(value, key)
			}
		}
	case []any:
		for at, inner := range value {
			value[at] = readable(inner)
		}
	case string:
		if name, known := names[value]; known {
			return name
		}
	}
	return value
}

func main() {
	address, public, private := os.Args[1], os.Args[2], os.Args[3]
	http, err := digest.NewTransport(public, private).Client()
	if err != nil {
		log.Fatal(err)
	}
	client := mongodbatlas.NewClient(http)
	if client.BaseURL, err = url.Parse(address); err != nil {
		log.Fatal(err)
	}
	organizations, answer, err := client.Organizations.List(background, nil)
	if err == nil && len(organizations.Results) == 1 {
		name(organizations.Results[0].ID, "ORG")
	}
	show("organizations", organizations, answer, err)
	if err != nil {
		return
	}
	id := organizations.Results[0].ID
	organization, answer, err := client.Organizations.Get(background, id)
	show("organization", organization, answer, err)

	project := projects(client, id)
	team := teams(client, id, project)
	invitations(client, id, team)
	projectInvitations(client, project)
	answer, err = client.Teams.RemoveTeamFromOrganization(background, id, team)
	show("delete team", nil, answer, err)
	answer, err = client.Projects.Delete(background, project)
	show("delete project", nil, answer, err)
}

func projects(client *mongodbatlas.Client, organization string) string {
	wanted := &mongodbatlas.Project{Name: "Rocket", OrgID: organization}
	project, answer, err := client.Projects.Create(background, wanted, nil)
	id := name(project.ID, "PROJECT")
	show("create project", project, answer, err)
	change := &mongodbatlas.ProjectUpdateRequest{Name: "Comet"}
	project, answer, err = client.Projects.Update(background, id, change)
	show("rename project", project, answer, err)
	project, answer, err = client.Projects.GetOneProjectByName(background, "Comet")
	show("project by name", project, answer, err)
	all, answer, err := client.Projects.GetAllProjects(background, nil)
	show("projects", all, answer, err)
	return id
}

func teams(client *mongodbatlas.Client, organization, project string) string {
	users, answer, err := client.Organizations.Users(background, organization, nil)
	user := name(users.Results[0].ID, "USER")
	show("users", users, answer, err)
	person, answer, err := client.AtlasUsers.GetByName(background, users.Results[0].Username)
	show("user by name", person, answer, err)
	_, answer, err = client.AtlasUsers.GetByName(background, "nobody@example.com")
	show("nobody by name", nil, answer, err)

	team, answer, err := client.Teams.Create(background, organization, &mongodbatlas.Team{Name: "Blue"})
	id := name(team.ID, "TEAM")
	show("create team", team, answer, err)
	team, answer, err = client.Teams.Rename(background, organization, id, "Red")
	show("rename team", team, answer, err)
	team, answer, err = client.Teams.GetOneTeamByName(background, organization, "Red")
	show("team by name", team, answer, err)
	all, answer, err := client.Teams.List(background, organization, nil)
	show("teams", all, answer, err)
	in, answer, err := client.Teams.AddUsersToTeam(background, organization, id, []string{user})
	show("add to team", in, answer, err)
	answer, err = client.Teams.RemoveUserToTeam(background, organization, id, user)
	show("remove from team", nil, answer, err)
	in, answer, err = client.Teams.GetTeamUsersAssigned(background, organization, id)
	show("who is in the team", in, answer, err)

	roles := []*mongodbatlas.ProjectTeam{{TeamID: id, RoleNames: []string{"GROUP_READ_ONLY"}}}
	places, answer, err := client.Projects.AddTeamsToProject(background, project, roles)
	show("team to project", places, answer, err)
	change := &mongodbatlas.TeamUpdateRoles{RoleNames: []string{"GROUP_OWNER"}}
	updated, answer, err := client.Teams.UpdateTeamRoles(background, project, id, change)
	show("roles of team", updated, answer, err)
	places, answer, err = client.Projects.GetProjectTeamsAssigned(background, project)
	show("teams of project", places, answer, err)
	answer, err = client.Teams.RemoveTeamFromProject(background, project, id)
	show("team out of project", nil, answer, err)
	return id
}

func invitations(client *mongodbatlas.Client, organization, team string) {
	wanted := &mongodbatlas.Invitation{
		Username: "Ada@Example.com", Roles: []string{"ORG_MEMBER"}, TeamIDs: []string{team},
	}
	made, answer, err := client.Organizations.InviteUser(background, organization, wanted)
	id := name(made.ID, "INVITATION")
	show("invite", made, answer, err)
	_, answer, err = client.Organizations.InviteUser(background, organization, wanted)
	show("invite again", nil, answer, err)
	for _, bad := range []mongodbatlas.Invitation{
		{Username: "nobody", Roles: []string{"ORG_MEMBER"}},
		{Username: "bob@example.com", Roles: []string{"ORG_KING"}},
		{Username: "bob@example.com"},
	} {
		_, answer, err = client.Organizations.InviteUser(background, organization, &bad)
		show("invite badly", nil, answer, err)
	}
	found, answer, err := client.Organizations.Invitation(background, organization, id)
	show("invitation", found, answer, err)
	by := &mongodbatlas.InvitationOptions{Username: "ada@example.com"}
	all, answer, err := client.Organizations.Invitations(background, organization, by)
	show("invitations by address", all, answer, err)
	reader := &mongodbatlas.Invitation{Roles: []string{"ORG_READ_ONLY"}}
	changed, answer, err := client.Organizations.UpdateInvitationByID(background, organization, id, reader)
	show("change by id", changed, answer, err)
	owner := &mongodbatlas.Invitation{Username: "ada@example.com", Roles: []string{"ORG_OWNER"}}
	changed, answer, err = client.Organizations.UpdateInvitation(background, organization, owner)
	show("change by address", changed, answer, err)
	answer, err = client.Organizations.DeleteInvitation(background, organization, id)
	show("withdraw", nil, answer, err)
	_, answer, err = client.Organizations.Invitation(background, organization, id)
	show("withdrawn", nil, answer, err)
}

func projectInvitations(client *mongodbatlas.Client, project string) {
	wanted := &mongodbatlas.Invitation{Username: "bob@example.com", Roles: []string{"GROUP_READ_ONLY"}}
	made, answer, err := client.Projects.InviteUser(background, project, wanted)
	id := name(made.ID, "INVITATION TO PROJECT")
	show("invite to project", made, answer, err)
	change := &mongodbatlas.Invitation{Roles: []string{"GROUP_OWNER"}}
	changed, answer, err := client.Projects.UpdateInvitationByID(background, project, id, change)
	show("change it", changed, answer, err)
	all, answer, err := client.Projects.Invitations(background, project, nil)
	show("invitations to project", all, answer, err)
	answer, err = client.Projects.DeleteInvitation(background, project, id)
	show("withdraw it", nil, answer, err)
}
