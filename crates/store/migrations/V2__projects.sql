-- Projects: parts of an organization that people have roles of their own in.

create table projects (
    org_id text not null,
    id text not null,
    name text not null,
    created_at bigint not null,
    deleted_at bigint,
    version bigint not null,
    primary key (org_id, id)
);
-- One of the APIs names a project without its organization.
create unique index projects_id on projects (id);
create unique index projects_name on projects (org_id, name) where deleted_at is null;

create table project_members (
    org_id text not null,
    project_id text not null,
    user_id text not null,
    roles text not null,
    invitation_id text,
    added_at bigint not null,
    primary key (org_id, project_id, user_id)
);
create index project_members_user on project_members (org_id, user_id);

-- The project an invitation is to; empty, not null, for the organization itself, so that it can
-- stand in a unique index.
alter table invitations add column project_id text not null default '';
alter table invitations add column project_roles text not null default '';
-- At most one invitation of an address to the same thing waits for an answer.
drop index invitations_live;
create unique index invitations_live on invitations (org_id, email_key, project_id)
    where state in ('staged', 'sent');
create index invitations_project on invitations (org_id, project_id, id) where project_id <> '';
