//! Responses that can say that their call failed as a whole.

use crate::proto::tfplugin6 as proto;

/// A response that can say that its call could not be answered.
pub(super) trait Reply: Send + 'static {
    /// The response of a call that could not be answered.
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self;
}

/// A response with room for diagnostics: nearly every one of the protocol.
pub(super) trait Diagnosed: Default + Send + 'static {
    /// Where the diagnostics are.
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic>;
}

impl<R: Diagnosed> Reply for R {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        let mut reply = Self::default();
        *reply.diagnostics() = diagnostics;
        reply
    }
}

impl Reply for proto::CallFunctionResponse {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        let told = diagnostics
            .iter()
            .map(|one| format!("{}: {}", one.summary, one.detail));
        let text = told.collect::<Vec<_>>().join("\n");
        Self {
            result: None,
            error: Some(proto::FunctionError {
                text,
                function_argument: None,
            }),
        }
    }
}

impl Reply for proto::ListResourceEvent {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self {
            diagnostic: diagnostics,
            ..Self::default()
        }
    }
}

impl Reply for proto::InvokeActionEvent {
    fn failed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        Self::completed(diagnostics)
    }
}

impl proto::InvokeActionEvent {
    /// The last event of an action.
    pub(super) fn completed(diagnostics: Vec<proto::Diagnostic>) -> Self {
        use proto::invoke_action_event::{Completed, Type};
        Self {
            r#type: Some(Type::Completed(Completed { diagnostics })),
        }
    }
}

impl Diagnosed for proto::GetMetadataResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::GetProviderSchemaResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::GetResourceIdentitySchemasResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ValidateProviderConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ValidateResourceConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ValidateDataResourceConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::UpgradeResourceStateResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::UpgradeResourceIdentityResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ConfigureProviderResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ReadResourceResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::PlanResourceChangeResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ApplyResourceChangeResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ImportResourceStateResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::MoveResourceStateResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ReadDataSourceResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ValidateEphemeralResourceConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::OpenEphemeralResourceResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::RenewEphemeralResourceResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::CloseEphemeralResourceResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::GetFunctionsResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ValidateListResourceConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::ValidateActionConfigResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}

impl Diagnosed for proto::PlanActionResponse {
    fn diagnostics(&mut self) -> &mut Vec<proto::Diagnostic> {
        &mut self.diagnostics
    }
}
