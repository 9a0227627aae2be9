//! The personas against fakes of the vendors' APIs, and our own types against our server; all without
//! Terraform.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "test code: a panic is the failure"
)]

mod atlas;
mod atlas_fates;
mod atlas_org_user;
mod atlas_project_invitation;
mod atlas_project_user;
mod atlas_sunset;
mod atlas_team;
mod atlas_team_user;
mod configure;
mod configure_atlas;
mod configure_aws;
mod configure_vestibule;
mod confluent;
mod confluent_delete;
mod confluent_faults;
mod confluent_oauth;
mod confluent_users;
mod data;
mod data_people;
mod examples;
mod fake_atlas;
mod fake_confluent;
mod fake_people;
mod fixtures;
mod fixtures_people;
mod golden;
mod interrupt;
mod outdated;
mod registry;
mod server;
mod service_account;
mod snapshot;
mod snapshot_people;
mod terraform;
mod vestibule;
mod vestibule_in_the_way;
mod vestibule_invitation;
mod vestibule_member;
mod vestibule_newer;
mod vestibule_others;
mod vestibule_projects;
