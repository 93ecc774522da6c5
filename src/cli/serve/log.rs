//! The log of `portcullis serve`: JSON lines on standard error.

use tracing_subscriber::EnvFilter;

/// Logs as JSON on stderr, a panic like anything else.
pub(super) fn json(verbose: u8) {
    let level = match verbose {
        // What goes wrong with the API server is told by the watch, once and by kind.
        0 => "warn,portcullis=info,kube_client=off,kube_runtime=off",
        1 => "info,portcullis=debug",
        _ => "debug,portcullis=trace",
    };
    // A second subscriber is refused, which only tests could try.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(EnvFilter::new(level))
        .with_writer(std::io::stderr)
        .try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let payload = panic.payload();
        let said = (payload.downcast_ref::<String>().map(String::as_str))
            .or_else(|| payload.downcast_ref::<&str>().copied());
        tracing::error!(place, said, "panicked");
    }));
}
