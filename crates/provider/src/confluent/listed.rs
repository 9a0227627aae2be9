//! What of the organization is read at once.

use vestibule_client::confluent::Confluent;
use vestibule_client::{CancellationToken, Error, Listed, PageMark};
use vestibule_wire::confluent::Invitation;

use crate::connection::Api;
use crate::snapshot::{Snapshot, Source, keyed};

/// What is known of the organization that the credentials belong to.
#[derive(Debug, Default)]
pub(crate) struct Snapshots {
    pub(crate) invitations: Snapshot<Invitation>,
}

impl Api for Confluent {
    type Snapshots = Snapshots;

    fn for_call(&self, cancellation: CancellationToken, purpose: &str) -> Self {
        self.with_cancellation(cancellation).with_purpose(purpose)
    }
}

/// All invitations, by id. The list has them in every status; only deleted ones are missing.
pub(crate) struct Invitations<'a>(pub(crate) &'a Confluent);

impl Source for Invitations<'_> {
    type Item = Invitation;

    async fn page(&self, from: Option<&PageMark>) -> Result<Listed<(String, Invitation)>, Error> {
        let page = self.0.invitation_page(from).await?;
        Ok(keyed(page, |found| found.id.clone()))
    }

    async fn single(&self, id: &str) -> Result<Option<Invitation>, Error> {
        self.0.invitation(id).await
    }
}
