-- The teams of a person, in the index alone: a page of people reads it once for each of them.
drop index team_members_user;
create index team_members_of_user on team_members (org_id, user_id, team_id);
