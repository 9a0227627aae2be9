//! What both APIs' resources need around planning and state.

use tfplugin::{AttributePlan, MoveSource, ResourcePlan};

use crate::address;
use crate::persona::Persona;

/// Plans the stored spelling of an address when the configured one means the same person.
///
/// Without it a change of letter case would withdraw the invitation and send another one.
pub(crate) fn keep_same_address(plan: &mut AttributePlan<'_>) {
    let Some(prior) = plan.prior else { return };
    let (Some(stored), Some(planned)) = (prior.as_str(), plan.planned.as_str()) else {
        return;
    };
    if address::is_same(stored, planned) {
        *plan.planned = prior.clone();
    }
}

/// Whether a `moved` block hands over the same type from the vendor's provider, from a persona that
/// stands in for it, or from our own: all of them store the same attributes.
///
/// Terraform names the provider by its full address; host and namespace may be a mirror's.
pub(crate) fn is_same_type(source: &MoveSource, type_name: &str, vendor: Persona) -> bool {
    let provider = source.provider_address.rsplit('/').next();
    source.type_name == type_name
        && [vendor.name(), Persona::Vestibule.name()]
            .into_iter()
            .any(|name| provider == Some(name))
}

/// Plans no change at all where no argument changes. Another spelling of one is none, but has made
/// computed attributes unknown before it was set back.
pub(crate) fn keep_unless_changed(plan: &mut ResourcePlan<'_>, arguments: &[&str]) {
    let Some(prior) = plan.prior else { return };
    if !arguments.iter().any(|name| plan.is_changed(name)) {
        *plan.planned = prior.clone();
    }
}
