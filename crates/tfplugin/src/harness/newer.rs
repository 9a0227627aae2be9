//! Identities, lists and actions, without Terraform.

use tokio::sync::mpsc;

use super::{complete, unfit};
use crate::diagnostics::Diagnostics;
use crate::provider::{
    Action, Context, Found, ListQuery, ListResource, Listed, Private, Progress, Resource,
};
use crate::value::Object;

/// The identity of a resource in a state, which must be complete.
///
/// # Errors
/// If the resource has no identity schema, or the identity lacks something.
pub fn identity(resource: &dyn Resource, state: &Object) -> Result<Object, Diagnostics> {
    let Some(schema) = resource.identity_schema() else {
        return Err(unfit("the resource has no identity schema"));
    };
    let identity = resource.identity(state);
    let missing = schema.missing(&identity);
    if missing.is_empty() {
        return Ok(identity);
    }
    Err(unfit(&format!("the identity lacks {}", missing.join(", "))))
}

/// Everything that a list resource finds. Arguments that the configuration leaves out are null.
///
/// # Errors
/// The diagnostics of the handler, or if the configuration does not fit the schema.
pub async fn list(
    lister: &dyn ListResource,
    query: &ListQuery,
) -> Result<Vec<Listed>, Diagnostics> {
    let mut query = query.clone();
    query.config = complete(&lister.schema(), query.config)?;
    let context = Context::new(Object::new(), Private::new());
    let (sender, mut receiver) = mpsc::channel(1);
    let finding = async {
        let mut found = Found::new(sender, query.limit);
        lister.list(&context, &query, &mut found).await
    };
    let collecting = async {
        let mut all = Vec::new();
        while let Some(one) = receiver.recv().await {
            all.push(one);
        }
        all
    };
    let (result, all) = tokio::join!(finding, collecting);
    result.map(|()| all)
}

/// Invokes an action; returns what it told, and how it ended. Arguments that the configuration
/// leaves out are null.
pub async fn invoke(action: &dyn Action, config: Object) -> (Vec<String>, Result<(), Diagnostics>) {
    let config = match complete(&action.schema(), config) {
        Ok(config) => config,
        Err(unfit) => return (Vec::new(), Err(unfit)),
    };
    let context = Context::new(Object::new(), Private::new());
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let progress = Progress::new(sender);
    let result = action.invoke(&context, config, &progress).await;
    drop(progress);
    let mut told = Vec::new();
    while let Some(message) = receiver.recv().await {
        told.push(message);
    }
    (told, result)
}
