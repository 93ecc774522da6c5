//! A model of the watch: whatever the API server does on the way, once it goes quiet the Store equals
//! the truth.

mod random;
mod server;
mod world;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep};

use random::Random;
use server::Server;
use world::World;

use crate::cluster::{Knowledge, Known, Store, View};
use crate::object::{Kind, row_of};
use crate::watch::live::{Options, watch_all};
use crate::watch::source::{Source, Wanted};
use crate::watch::status::Status;
use crate::watch::timing::Timing;
use crate::watch::writer::Snapshot;

/// The kinds of the model: what is owned, what owns, what is neither, and what has a CRD.
const KINDS: [Kind; 6] = [
    Kind::Service,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::Pod,
    Kind::NetworkPolicy,
    Kind::HttpRoute,
];

/// As long as a seed may take to come to rest; it takes milliseconds.
const LONGEST: Duration = Duration::from_secs(20);

/// Seeds wait for little, but they do: others run meanwhile.
const AT_A_TIME: usize = 8;

fn timing() -> Timing {
    let soon = Duration::from_micros(50);
    Timing {
        again: [soon, Duration::from_millis(1)],
        retry: [soon, Duration::from_millis(20)],
        // A stream that is to end, and does not, is part of the model.
        stream_patience: Duration::from_millis(20),
        patience: Duration::from_secs(5),
        tick: Duration::from_secs(5),
        ..Timing::default()
    }
}

/// What is published, and whether a state of a kind was ever published that never was.
#[derive(Default)]
struct Published {
    last: Option<Snapshot>,
    never_was: Option<String>,
}

async fn run(seed: u64) {
    let random = Random::new(seed);
    let world = Arc::new(Mutex::new(World::new(random.branch(), &KINDS)));
    let server = Server::new(world.clone(), random.branch());
    let published: Arc<Mutex<Published>> = Arc::default();
    let options = Options {
        config_maps: false,
        stale_after: Duration::from_secs(60),
    };
    let wanted = KINDS
        .iter()
        .map(|kind| Wanted::from(Source::from(row_of(*kind).unwrap())));
    let (sink, truth) = (published.clone(), world.clone());
    let live = watch_all(
        server.client(),
        &options,
        timing(),
        wanted.collect(),
        Box::new(move |snapshot| {
            let never_was = truth.lock().unwrap().never_was(&snapshot.store);
            let mut published = sink.lock().unwrap();
            published.never_was = published.never_was.take().or(never_was);
            published.last = Some(snapshot);
        }),
    );
    let random = random.branch();
    for _ in 0..random.below(40) {
        world.lock().unwrap().step();
        for _ in 0..random.below(8) {
            tokio::task::yield_now().await;
        }
    }
    server.calm();
    let truth = world.lock().unwrap().store();
    let since = Instant::now();
    loop {
        let difference = difference(&published.lock().unwrap(), &world.lock().unwrap(), &truth);
        let Some(difference) = difference else {
            break;
        };
        assert!(
            since.elapsed() < LONGEST,
            "seed {seed}: {difference}; {:?}",
            feeds(live.status())
        );
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(published.lock().unwrap().never_was, None, "seed {seed}");
}

/// How every feed fares.
fn feeds(status: &Status) -> Vec<String> {
    let feeds = status.feeds();
    let feeds = feeds.iter();
    feeds
        .map(|it| format!("{} {:?} {:?}", it.source(), it.state(), it.age()))
        .collect()
}

/// What tells the last that was published from the truth.
fn difference(published: &Published, world: &World, truth: &Store) -> Option<String> {
    let Some(Snapshot { store, .. }) = &published.last else {
        return Some("nothing was published".to_owned());
    };
    if !store.holds_the_same(truth) {
        let names = |store: &Store| -> BTreeSet<String> {
            store
                .objects()
                .map(|object| object.meta.to_string())
                .collect()
        };
        return Some(format!(
            "{} objects, not {}: {:?}",
            store.len(),
            truth.len(),
            names(store)
                .symmetric_difference(&names(truth))
                .collect::<Vec<_>>()
        ));
    }
    let knowledge = Knowledge::default();
    KINDS.into_iter().chain([Kind::Custom]).find_map(|kind| {
        let known = View::new(store, &knowledge).known(kind, "a");
        let is_known = known == Known::All;
        (is_known != world.is_known(kind)).then(|| format!("{kind:?} is {known:?}"))
    })
}

fn over(seeds: std::ops::Range<u64>) {
    let only = std::env::var("SEED")
        .ok()
        .and_then(|seed| seed.parse::<u64>().ok());
    let seeds = only.map_or(seeds, |seed| seed..seed + 1);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(stream::iter(seeds).for_each_concurrent(AT_A_TIME, run));
}

#[test]
fn when_the_api_server_goes_quiet_the_store_equals_the_truth_over_500_seeds() {
    over(0..500);
}

#[test]
fn when_the_api_server_goes_quiet_the_store_equals_the_truth_over_500_others() {
    over(500..1000);
}
