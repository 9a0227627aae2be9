-- What a request made that its caller gave a key of its own: the same request finds it again.

create table creations (
    org_id text not null,
    principal_id text not null,
    request_key text not null,
    fingerprint text not null,
    made_id text not null,
    forget_at bigint not null,
    primary key (org_id, principal_id, request_key)
);
create index creations_end on creations (forget_at);
