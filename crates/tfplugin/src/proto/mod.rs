//! The protocol's messages and services, generated from `proto/*.proto` and committed, so that
//! building needs no `protoc`. `tests/generated.rs` keeps them in step.

#[rustfmt::skip]
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
pub(crate) mod tfplugin6;

#[rustfmt::skip]
#[expect(
    unnameable_types,
    unreachable_pub,
    unused_qualifications,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::as_conversions,
    clippy::clone_on_ref_ptr,
    clippy::doc_markdown,
    reason = "generated code, private to the crate"
)]
pub(crate) mod plugin;
