//! The protocol's messages and services, which `build.rs` generates from `proto/*.proto`. Must hold
//! nothing by hand.

pub(crate) use generated::{plugin, tfplugin6};

#[expect(
    unnameable_types,
    unreachable_pub,
    unused_qualifications,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::as_conversions,
    clippy::clone_on_ref_ptr,
    clippy::doc_markdown,
    clippy::too_many_lines,
    reason = "generated code, private to the crate"
)]
mod generated {
    pub(crate) mod tfplugin6 {
        tonic::include_proto!("tfplugin6");
    }

    pub(crate) mod plugin {
        tonic::include_proto!("plugin");
    }
}
