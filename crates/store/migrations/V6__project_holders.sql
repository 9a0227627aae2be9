-- Teams and service accounts with roles in a project. People have theirs in project_members, where
-- an invitation may have led to.

create table project_holders (
    org_id text not null,
    project_id text not null,
    holder_kind text not null check (holder_kind in ('team', 'service_account')),
    holder_id text not null,
    roles text not null,
    added_at bigint not null,
    primary key (org_id, project_id, holder_kind, holder_id)
);
create index project_holders_holder on project_holders (org_id, holder_kind, holder_id, project_id);
