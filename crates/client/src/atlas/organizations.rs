//! Organizations themselves, and their settings (version 2023-01-01).

use vestibule_wire::atlas::{Organization, OrganizationSettings};

use super::{Atlas, ROOT, Version};
use crate::Error;
use crate::transport::segment;

const VERSION: Version = Version::V20230101;

impl Atlas {
    /// One organization; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn organization(&self, org_id: &str) -> Result<Option<Organization>, Error> {
        let path = format!("{ROOT}/orgs/{}", segment(org_id)?);
        self.find(&path, VERSION, &[]).await
    }

    /// The settings of an organization; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn organization_settings(
        &self,
        org_id: &str,
    ) -> Result<Option<OrganizationSettings>, Error> {
        let path = format!("{ROOT}/orgs/{}/settings", segment(org_id)?);
        self.find(&path, VERSION, &[]).await
    }
}
