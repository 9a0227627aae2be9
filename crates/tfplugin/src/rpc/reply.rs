//! Responses that can say that their call failed as a whole.

use crate::proto::tfplugin6 as proto;

/// A response with room for diagnostics; every response of the protocol has it.
pub(super) trait Reply: Default + Send + 'static {
    /// The response of a call that could not be answered.
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self;
}

impl Reply for proto::GetMetadataResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::GetProviderSchemaResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::ValidateProviderConfigResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self { diagnostics }
    }
}

impl Reply for proto::ValidateResourceConfigResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self { diagnostics }
    }
}

impl Reply for proto::ValidateDataResourceConfigResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self { diagnostics }
    }
}

impl Reply for proto::UpgradeResourceStateResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::ConfigureProviderResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self { diagnostics }
    }
}

impl Reply for proto::ReadResourceResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::PlanResourceChangeResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::ApplyResourceChangeResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::ImportResourceStateResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::MoveResourceStateResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::ReadDataSourceResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostics,
            ..Self::default()
        }
    }
}
