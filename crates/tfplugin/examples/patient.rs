//! A slow resource that survives interrupts: a job that is started, then waited for.
//!
//! Starting writes `<directory>/<name>`; the job is done when `<directory>/<name>.done` exists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, Object, Provider, ReadOutcome, Resource, Schema,
    ServeOptions, async_trait,
};

struct Patient;

#[async_trait]
impl Provider for Patient {
    fn name(&self) -> &str {
        "patient"
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Job)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Job;

fn file(state: &Object) -> Result<PathBuf, Diagnostics> {
    Ok(Path::new(state.str("directory")?).join(state.str("name")?))
}

#[async_trait]
impl Resource for Job {
    fn type_name(&self) -> &str {
        "patient_job"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .attribute("name", Attribute::string().required().requires_replace())
            .attribute(
                "directory",
                Attribute::string().required().requires_replace(),
            )
            .attribute(
                "result",
                Attribute::string().computed().use_state_for_unknown(),
            )
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let file = file(&planned)?;
        let failed = |error: std::io::Error| Diagnostic::error("No job").detail(error.to_string());
        fs::write(&file, "running").map_err(failed)?;
        // From here on the job exists, whatever happens to us.
        cx.checkpoint(&planned);
        let done = file.with_extension("done");
        while !done.exists() {
            tokio::select! {
                () = cx.cancellation().cancelled() => {
                    return Err(Diagnostic::error("Interrupted while the job was running").into());
                }
                () = tokio::time::sleep(Duration::from_millis(5)) => {}
            }
        }
        Ok(planned.with("result", "done"))
    }

    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        if file(&state)?.exists() {
            Ok(ReadOutcome::Keep(state))
        } else {
            Ok(ReadOutcome::Gone)
        }
    }

    async fn delete(&self, _cx: &Context, state: Object) -> Result<(), Diagnostics> {
        // A job that has ended meanwhile is as good as deleted.
        drop(fs::remove_file(file(&state)?));
        Ok(())
    }
}

fn main() -> ExitCode {
    tfplugin::serve(Patient, ServeOptions::new("example.com/acme/patient"))
}
