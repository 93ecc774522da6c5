//! A sign of life on a terminal, for work that takes longer than a person expects.

use std::io::IsTerminal;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long work may take before anything is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many objects pass between two messages.
const EVERY: usize = 100;
/// How often the sign moves.
const TICK: Duration = Duration::from_millis(100);

/// A sign of life while it lives; nothing where stderr is no terminal or the work is done soon.
#[derive(Debug)]
pub(super) struct Progress(Option<Shown>);

#[derive(Debug)]
struct Shown {
    what: &'static str,
    bar: ProgressBar,
    done: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts to wait for work that is called `what`.
    pub(super) fn start(what: &'static str, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (done, wait) = mpsc::channel();
        let thread = thread::spawn({
            let bar = bar.clone().with_message(what);
            move || show(&bar, &wait)
        });
        Self(Some(Shown {
            what,
            bar,
            done: Some(done),
            thread: Some(thread),
        }))
    }

    /// Says how much is done of work that nobody knows the end of.
    pub(super) fn so_far(&self, done: usize) {
        if let Some(Shown { what, bar, .. }) = &self.0
            && done.is_multiple_of(EVERY)
        {
            bar.set_message(format!("{what}: {done} objects"));
        }
    }

    /// Says how much of the work is done.
    pub(super) fn at(&self, done: usize, of: usize) {
        if let Some(Shown { what, bar, .. }) = &self.0 {
            bar.set_message(format!("{what}: {done} of {of}"));
        }
    }
}

fn show(bar: &ProgressBar, wait: &mpsc::Receiver<()>) {
    if wait.recv_timeout(PATIENCE) != Err(mpsc::RecvTimeoutError::Timeout) {
        return;
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(TICK);
    let _ = wait.recv();
    bar.finish_and_clear();
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.done.take());
        if let Some(thread) = self.thread.take() {
            // It clears its line before anything else is written.
            let _ = thread.join();
        }
    }
}
