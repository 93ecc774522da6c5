//! A sign of life on a terminal, for work that takes longer than a person expects.

use std::io::IsTerminal;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How long work may take before anything is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the sign moves.
const TICK: Duration = Duration::from_millis(100);

/// A sign of life while it lives; nothing where stderr is no terminal or the work is done soon.
#[derive(Debug)]
pub(super) struct Progress {
    done: Option<mpsc::Sender<()>>,
    shows: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to wait for work that is called `what`.
    pub(super) fn start(what: &'static str, quiet: bool) -> Self {
        let (done, wait) = mpsc::channel();
        let shown = !quiet && std::io::stderr().is_terminal();
        Self {
            done: Some(done),
            shows: shown.then(|| thread::spawn(move || show(what, &wait))),
        }
    }
}

fn show(what: &'static str, wait: &mpsc::Receiver<()>) {
    if wait.recv_timeout(PATIENCE) != Err(mpsc::RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::new_spinner().with_message(what);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    let _ = wait.recv();
    bar.finish_and_clear();
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(shows) = self.shows.take() {
            // It clears its line before anything else is written.
            let _ = shows.join();
        }
    }
}
