//! Responses that can say that their call failed as a whole.

use crate::proto::tfplugin6 as proto;

/// A response with room for diagnostics; nearly every response of the protocol has it.
pub(super) trait Reply: Default + Send + 'static {
    /// Where the diagnostics are.
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic>;

    /// The response of a call that could not be answered.
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        let mut reply = Self::default();
        *reply.diagnostics() = diagnostics;
        reply
    }
}

impl Reply for proto::GetMetadataResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::GetProviderSchemaResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::GetResourceIdentitySchemasResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ValidateProviderConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ValidateResourceConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ValidateDataResourceConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::UpgradeResourceStateResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::UpgradeResourceIdentityResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ConfigureProviderResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ReadResourceResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::PlanResourceChangeResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ApplyResourceChangeResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ImportResourceStateResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::MoveResourceStateResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Reply for proto::ReadDataSourceResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}
