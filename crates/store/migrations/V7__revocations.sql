-- Access tokens and sessions that were given back before their end, until that end. They are derived
-- from their key and have no row of their own while they are good.

create table revocations (
    org_id text not null,
    key_id text not null,
    serial text not null,
    expires_at bigint not null,
    primary key (org_id, key_id, serial)
);
create index revocations_end on revocations (expires_at);
