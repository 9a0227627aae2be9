-- What the pages of lists are read from: each in the order of its ids, without what is gone.
create index teams_living on teams (org_id, id) where deleted_at is null;
create index projects_living on projects (org_id, id) where deleted_at is null;
create index api_keys_living on api_keys (org_id, kind, id) where revoked_at is null;
-- Invitations that came to nothing. An open one is not in it, so that making one costs nothing.
create index invitations_ended on invitations (org_id, id) where state in ('expired', 'deactivated');
