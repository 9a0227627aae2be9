//! `PlanResourceChange`: decode, [`crate::plan::plan`], encode.

use bytes::Bytes;

use super::guard::as_failure;
use super::shape::protocol_error;
use super::{Backend, convert};
use crate::check;
use crate::diagnostics::Diagnostics;
use crate::plan::{Proposal, plan as plan_resource};
use crate::proto::tfplugin6 as proto;
use crate::provider::Private;
use crate::value::Path;

pub(super) fn plan(
    backend: &Backend,
    request: &proto::PlanResourceChangeRequest,
) -> proto::PlanResourceChangeResponse {
    run(backend, request).unwrap_or_else(|errors| proto::PlanResourceChangeResponse {
        diagnostics: convert::diagnostics(as_failure(errors)),
        ..Default::default()
    })
}

fn run(
    backend: &Backend,
    request: &proto::PlanResourceChangeRequest,
) -> Result<proto::PlanResourceChangeResponse, Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let shape = entry.shape();
    let Some(proposed) = shape.decode(request.proposed_new_state.as_ref())? else {
        // A destroy: the planned state is null and stays null.
        return Ok(proto::PlanResourceChangeResponse {
            planned_state: request.proposed_new_state.clone(),
            planned_private: request.prior_private.clone(),
            ..Default::default()
        });
    };
    let prior = shape.decode(request.prior_state.as_ref())?;
    let config = shape.decode(request.config.as_ref())?;
    let config = config.ok_or_else(|| protocol_error("a plan without a configuration"))?;
    let proposal = Proposal {
        schema: &shape.schema,
        prior: prior.as_ref(),
        config: &config,
        proposed: &proposed,
    };
    let private = Private::read(&request.prior_private);
    let planned = plan_resource(proposal, private, |plan| entry.handler.modify_plan(plan));
    let mut diagnostics = planned.diagnostics;
    let completed = shape.complete(planned.state).and_then(|state| {
        log_faults(
            &request.type_name,
            &check::plan_valid(&shape.schema, prior.as_ref(), &config, &state),
        );
        shape.encode(Some(state))
    });
    let planned_state = match completed {
        Ok(state) => Some(state),
        Err(error) => {
            let summary = "The provider planned an invalid state";
            diagnostics.push(super::catalog::codec_diagnostic(summary, &error));
            None
        }
    };
    Ok(proto::PlanResourceChangeResponse {
        planned_state,
        requires_replace: paths(&planned.requires_replace),
        planned_private: Bytes::from(planned.private.write()),
        diagnostics: convert::diagnostics(diagnostics),
        // The identity of what exists does not change; that of what does not comes with it.
        planned_identity: prior.and_then(|_| request.prior_identity.clone()),
    })
}

fn paths(paths: &[Path]) -> Vec<proto::AttributePath> {
    paths.iter().map(convert::path).collect()
}

/// A provider's faults show in the log before Terraform's own message about them. Values are left
/// out: they may be secret.
pub(super) fn log_faults(type_name: &str, faults: &[check::Fault]) {
    for fault in faults {
        tracing::warn!(
            tf_resource_type = type_name,
            path = %fault.path,
            "Terraform will object to a value from the provider"
        );
    }
}
