//! Ephemeral resources over an in-memory connection.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use super::fixture::{connect, text, unwire, wire};
use crate::proto::tfplugin6 as proto;
use crate::{
    Attribute, Context, Diagnostic, Diagnostics, EphemeralResource, Object, Opened, Provider,
    Schema, Validator, Value, async_trait,
};

/// What was closed.
#[derive(Default, Clone)]
struct Leases(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Provider for Leases {
    fn name(&self) -> &str {
        "leases"
    }

    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        vec![Arc::new(Lease(self.clone()))]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Lease(Leases);

fn schema() -> Schema {
    let name = Attribute::string().required();
    Schema::new()
        .attribute("name", name.validator(Validator::not_empty()))
        .attribute("token", Attribute::string().computed().sensitive())
}

#[async_trait]
impl EphemeralResource for Lease {
    fn type_name(&self) -> &str {
        "leases_lease"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        if config.get("name").is_unknown() {
            diagnostics.warning("The name is unknown", "");
        }
    }

    async fn open(&self, cx: &Context, config: Object) -> Result<Opened, Diagnostics> {
        let name = config.str("name")?.to_owned();
        match name.as_str() {
            "refused" => return Err(Diagnostic::error("Refused").at("name").into()),
            "panic" => panic!("as asked"),
            _ => cx.set_private("name", name.clone()),
        }
        if name.starts_with("unknown") {
            return Ok(Opened::new(config.with("token", Value::UNKNOWN)));
        }
        cx.set_private("renewals", 0);
        let opened = Opened::new(config.with("token", format!("secret of {name}")));
        Ok(opened.renew_at(UNIX_EPOCH + Duration::from_millis(90_500)))
    }

    async fn renew(&self, cx: &Context) -> Result<Option<std::time::SystemTime>, Diagnostics> {
        let renewals = cx.private("renewals").and_then(|value| value.as_i64());
        let renewals = renewals.ok_or_else(|| Diagnostic::error("Not open"))?;
        cx.set_private("renewals", renewals + 1);
        cx.warning("Renewed", "");
        Ok((renewals == 0).then(|| UNIX_EPOCH + Duration::from_secs(180)))
    }

    async fn close(&self, cx: &Context) -> Result<(), Diagnostics> {
        let name = cx.private("name").unwrap_or_default();
        self.0.0.lock().unwrap().push(name.to_string());
        match name.as_str() {
            Some("stuck" | "unknown and stuck") => {
                Err(Diagnostic::error("It cannot be closed").into())
            }
            Some("broken") => panic!("as asked"),
            _ => Ok(()),
        }
    }
}

fn request(name: impl Into<Value>) -> proto::OpenEphemeralResourceRequest {
    let config = Object::new().with("name", name);
    proto::OpenEphemeralResourceRequest {
        type_name: "leases_lease".into(),
        config: Some(wire(&schema().ty(), Some(config))),
    }
}

#[tokio::test]
async fn a_value_is_opened_renewed_and_closed_with_its_private_state() {
    let leases = Leases::default();
    let mut client = connect(leases.clone()).await;
    let opened = client.open_ephemeral_resource(request("a")).await.unwrap();
    let opened = opened.into_inner();
    assert_eq!(text(&opened.diagnostics), "");
    let result = unwire(&schema().ty(), opened.result.as_ref()).unwrap();
    assert_eq!(result.str("token"), Ok("secret of a"));
    let renew_at = opened.renew_at.unwrap();
    assert_eq!((renew_at.seconds, renew_at.nanos), (90, 500_000_000));

    let mut private = opened.private;
    for next in [Some(180), None] {
        let request = proto::RenewEphemeralResourceRequest {
            type_name: "leases_lease".into(),
            private,
        };
        let renewed = client.renew_ephemeral_resource(request).await.unwrap();
        let renewed = renewed.into_inner();
        assert_eq!(text(&renewed.diagnostics), "Warning : Renewed");
        assert_eq!(renewed.renew_at.map(|time| time.seconds), next);
        private = renewed.private;
    }
    assert_eq!(
        private.as_deref(),
        Some(&br#"{"name":"a","renewals":2}"#[..])
    );

    let request = proto::CloseEphemeralResourceRequest {
        type_name: "leases_lease".into(),
        private,
    };
    let closed = client.close_ephemeral_resource(request).await.unwrap();
    assert_eq!(text(&closed.into_inner().diagnostics), "");
    assert_eq!(*leases.0.lock().unwrap(), [r#""a""#]);
}

#[tokio::test]
async fn what_cannot_be_opened_has_no_result_and_does_not_stay_open() {
    let leases = Leases::default();
    let mut client = connect(leases.clone()).await;
    for (name, expected) in [
        ("refused", "Error name: Refused"),
        ("panic", "Error : The provider crashed while answering"),
        ("unknown", "Error token: The provider left a value unknown"),
        (
            "unknown and stuck",
            "Error token: The provider left a value unknown\nError : It cannot be closed",
        ),
    ] {
        let opened = client.open_ephemeral_resource(request(name)).await.unwrap();
        let opened = opened.into_inner();
        assert_eq!(text(&opened.diagnostics), expected);
        assert_eq!(opened.result, None);
    }
    let closed = leases.0.lock().unwrap().clone();
    assert_eq!(closed, [r#""unknown""#, r#""unknown and stuck""#]);
}

#[tokio::test]
async fn failures_and_panics_while_renewing_and_closing_are_diagnostics() {
    let mut client = connect(Leases::default()).await;
    let request = proto::RenewEphemeralResourceRequest {
        type_name: "leases_lease".into(),
        private: None,
    };
    let renewed = client.renew_ephemeral_resource(request).await.unwrap();
    assert_eq!(text(&renewed.into_inner().diagnostics), "Error : Not open");
    for (private, expected) in [
        (r#"{"name":"stuck"}"#, "Error : It cannot be closed"),
        (
            r#"{"name":"broken"}"#,
            "Error : The provider crashed while answering",
        ),
    ] {
        let request = proto::CloseEphemeralResourceRequest {
            type_name: "leases_lease".into(),
            private: Some(private.into()),
        };
        let closed = client.close_ephemeral_resource(request).await.unwrap();
        assert_eq!(text(&closed.into_inner().diagnostics), expected);
    }
    let request = proto::CloseEphemeralResourceRequest {
        type_name: "leases_none".into(),
        private: None,
    };
    let closed = client.close_ephemeral_resource(request).await.unwrap();
    let expected = "Error : Unknown ephemeral resource type";
    assert_eq!(text(&closed.into_inner().diagnostics), expected);
}

#[tokio::test]
async fn validation_runs_validators_and_the_handler() {
    let mut client = connect(Leases::default()).await;
    for (name, expected) in [
        (Value::from("a"), ""),
        (Value::from(""), "Error name: Invalid value for name"),
        (Value::UNKNOWN, "Warning : The name is unknown"),
    ] {
        let request = proto::ValidateEphemeralResourceConfigRequest {
            type_name: "leases_lease".into(),
            config: request(name).config,
        };
        let validated = client.validate_ephemeral_resource_config(request).await;
        assert_eq!(text(&validated.unwrap().into_inner().diagnostics), expected);
    }
}
