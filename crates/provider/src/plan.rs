//! Plan modifiers that both APIs' resources use.

use tfplugin::AttributePlan;

use crate::address;

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
