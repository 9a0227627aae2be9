-- Texts and 64-bit integers only, so that one text serves SQLite and PostgreSQL. Instants are
-- microseconds since 1970 (UTC), flags are 0 or 1, ids are 24 hexadecimal digits. Keys start with the
-- organization where a row has one. Uniqueness is an index, never a check before an insert.

create table organizations (
    id text primary key,
    name text not null,
    sso_enabled bigint not null,
    lifetime_native bigint not null,
    lifetime_confluent bigint not null,
    lifetime_atlas bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null
);

create table users (
    id text primary key,
    email text not null,
    email_key text not null,
    full_name text not null,
    state text not null check (state in ('placeholder', 'active', 'deactivated')),
    auth_type text not null check (auth_type in ('local', 'sso')),
    created_at bigint not null,
    updated_at bigint not null
);
create unique index users_email_key on users (email_key);

create table service_accounts (
    org_id text not null,
    id text not null,
    name text not null,
    roles text not null,
    created_at bigint not null,
    primary key (org_id, id)
);

create table api_keys (
    org_id text not null,
    id text not null,
    principal_kind text not null check (principal_kind in ('user', 'service_account')),
    principal_id text not null,
    kind text not null,
    public_id text not null,
    name text not null,
    generation bigint not null,
    nonce text not null,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    primary key (org_id, id)
);
create unique index api_keys_id on api_keys (id);
create unique index api_keys_public_id on api_keys (public_id);

create table memberships (
    org_id text not null,
    id text not null,
    user_id text not null,
    state text not null check (state in ('active', 'left', 'removed')),
    roles text not null,
    invitation_id text,
    joined_at bigint not null,
    ended_at bigint,
    primary key (org_id, id)
);
create unique index memberships_active on memberships (org_id, user_id) where state = 'active';
create index memberships_user on memberships (user_id);

create table teams (
    org_id text not null,
    id text not null,
    name text not null,
    created_at bigint not null,
    deleted_at bigint,
    primary key (org_id, id)
);
create unique index teams_name on teams (org_id, name) where deleted_at is null;

create table team_members (
    org_id text not null,
    team_id text not null,
    user_id text not null,
    primary key (org_id, team_id, user_id)
);
create index team_members_user on team_members (org_id, user_id);

create table invitations (
    org_id text not null,
    id text not null,
    email text not null,
    email_key text not null,
    user_id text not null,
    inviter_kind text not null check (inviter_kind in ('user', 'service_account')),
    inviter_id text not null,
    inviter_name text not null,
    dialect text not null check (dialect in ('native', 'confluent', 'atlas')),
    auth_type text not null check (auth_type in ('local', 'sso')),
    roles text not null,
    teams text not null,
    message text not null,
    state text not null check (state in ('staged', 'sent', 'accepted', 'expired', 'deactivated')),
    reason text,
    generation bigint not null,
    nonce text not null,
    lifetime bigint not null,
    sent_at bigint not null,
    expires_at bigint not null,
    accepted_at bigint,
    ended_at bigint,
    resend_count bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    version bigint not null,
    primary key (org_id, id)
);
-- At most one invitation of an address in an organization waits for an answer.
create unique index invitations_live on invitations (org_id, email_key)
    where state in ('staged', 'sent');
-- By person first: a person's ties are looked up over all organizations, too.
create index invitations_user on invitations (user_id, org_id);

-- Work to be done after the commit that asked for it; afterwards the record of how it went.
create table outbox (
    org_id text not null,
    subject_id text not null,
    kind text not null,
    generation bigint not null,
    state text not null
        check (state in ('queued', 'claimed', 'deferred', 'handed_off', 'dropped', 'dead')),
    run_at bigint not null,
    give_up_at bigint not null,
    fence bigint not null,
    attempts bigint not null,
    last_error text,
    created_at bigint not null,
    ended_at bigint,
    primary key (org_id, subject_id, kind, generation)
);
create index outbox_due on outbox (run_at) where state in ('queued', 'claimed', 'deferred');

create table audit_events (
    org_id text not null,
    id text not null,
    at bigint not null,
    actor_kind text not null,
    actor_id text not null,
    action text not null,
    subject_kind text not null,
    subject_id text not null,
    detail text not null,
    request_id text not null,
    primary key (org_id, id)
);
