//! What the server logs, for tests that look for what must not be in it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};

use tracing::subscriber::{DefaultGuard, set_default, set_global_default};
use tracing_subscriber::fmt::MakeWriter;

/// Everything, down to the finest level, that this test's thread logs.
pub(crate) struct Log {
    lines: Lines,
    _until_dropped: DefaultGuard,
}

impl Log {
    /// Begins to write down.
    pub(crate) fn begin() -> Self {
        // Whether a line is of interest is decided once, by whichever thread comes first; without
        // this, a test that runs at the same time would decide that it is not.
        static EVERY_LINE_IS_OF_INTEREST: Once = Once::new();
        EVERY_LINE_IS_OF_INTEREST.call_once(|| {
            set_global_default(tracing_subscriber::registry()).expect("nobody else sets one");
        });
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(lines.clone())
            .finish();
        Self {
            lines,
            _until_dropped: set_default(subscriber),
        }
    }

    /// What was logged since.
    pub(crate) fn end(self) -> String {
        let lines = self.lines.0.lock().expect("nobody panics while writing");
        String::from_utf8_lossy(&lines).into_owned()
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().expect("nobody panics while writing");
        lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
