//! An API server that lists and watches a world, and does everything that it is allowed to do on the
//! way: expire, stall, repeat, cut, refuse.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{Stream, StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::{Request, Response, Uri};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};

use super::random::Random;
use super::world::World;

/// Lists that are being read page by page, by token: their version, and what is left of them.
type Pages = BTreeMap<String, (u64, Vec<Value>)>;

type Reply = Response<UnsyncBoxBody<Bytes, std::io::Error>>;

/// An API server.
#[derive(Clone)]
pub(super) struct Server {
    world: Arc<Mutex<World>>,
    random: Arc<Mutex<Random>>,
    /// Whether it does nothing unexpected any more.
    calm: Arc<AtomicBool>,
    /// Whether it streams lists.
    streams: bool,
    /// Whether it says by its status that a version is forgotten, or by an event.
    answers_gone: bool,
    pages: Arc<Mutex<Pages>>,
}

impl Server {
    pub(super) fn new(world: Arc<Mutex<World>>, random: Random) -> Self {
        Self {
            world,
            streams: random.percent(50),
            answers_gone: random.percent(50),
            random: Arc::new(Mutex::new(random)),
            calm: Arc::default(),
            pages: Arc::default(),
        }
    }

    /// From here on it behaves.
    pub(super) fn calm(&self) {
        self.calm.store(true, Ordering::Relaxed);
        self.world.lock().unwrap().news.send_replace(());
    }

    pub(super) fn client(&self) -> Client {
        let server = self.clone();
        let service = tower::service_fn(move |request: Request<Body>| {
            let server = server.clone();
            async move { server.answer(request.uri().clone()).await }
        });
        Client::new(service, "default")
    }

    /// Whether something unexpected of this chance in a hundred happens.
    fn mishap(&self, chance: usize) -> bool {
        !self.calm.load(Ordering::Relaxed) && self.random.lock().unwrap().percent(chance)
    }

    fn below(&self, end: usize) -> usize {
        self.random.lock().unwrap().below(end)
    }

    /// Lets others go first, as often as a network would.
    async fn lag(&self) {
        for _ in 0..self.below(4) {
            tokio::task::yield_now().await;
        }
    }

    async fn answer(&self, uri: Uri) -> Result<Reply, std::io::Error> {
        self.lag().await;
        let query = uri.query().unwrap_or("");
        let query: BTreeMap<&str, &str> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        let path = uri.path();
        if self.mishap(5) {
            return Err(std::io::Error::other("connection refused"));
        }
        if self.mishap(5) {
            return Ok(refusal([500, 503, 429][self.below(3)]));
        }
        let (served, permitted, version, forgotten) = {
            let world = self.world.lock().unwrap();
            match world.resources.get(path) {
                Some(it) => (it.served, it.permitted, world.version, it.forgotten),
                // Which resources a group has is not told.
                None if path.split('/').count() == 4 => return Ok(refusal(500)),
                None => return Ok(refusal(404)),
            }
        };
        if !permitted {
            return Ok(refusal(403));
        }
        if !served {
            return Ok(refusal(404));
        }
        if !query.contains_key("watch") {
            return Ok(self.list(path, &query));
        }
        if query.contains_key("sendInitialEvents") {
            return Ok(if self.streams {
                self.watch(path, version, true)
            } else {
                refusal([400, 422][self.below(2)])
            });
        }
        let from = query["resourceVersion"].parse().unwrap();
        if from < forgotten && self.answers_gone {
            return Ok(refusal(410));
        }
        Ok(self.watch(path, from, false))
    }

    fn list(&self, path: &str, query: &BTreeMap<&str, &str>) -> Reply {
        let (version, items) = if let Some(token) = query.get("continue") {
            let rest = self.pages.lock().unwrap().remove(*token);
            match rest.filter(|_| !self.mishap(10)) {
                Some(rest) => rest,
                None => return refusal(410),
            }
        } else {
            let world = self.world.lock().unwrap();
            let objects = world.resources[path].objects.values().cloned();
            (world.version, objects.collect())
        };
        let (page, rest) = items.split_at(items.len().min(1 + self.below(3)));
        let token = format!("{}x{}", version, self.below(1 << 30));
        let mut metadata = json!({"resourceVersion": version.to_string()});
        if !rest.is_empty() {
            metadata["continue"] = json!(token);
            self.pages
                .lock()
                .unwrap()
                .insert(token, (version, rest.to_vec()));
        }
        reply(200, &json!({"metadata": metadata, "items": page}))
    }

    fn watch(&self, path: &str, from: u64, initial: bool) -> Reply {
        let world = self.world.lock().unwrap();
        let resource = &world.resources[path];
        let mut lines = VecDeque::new();
        if initial {
            let objects = resource.objects.values();
            lines.extend(objects.map(|object| line("ADDED", object)));
            lines.push_back(bookmark(from, true));
        }
        let watching = Watching {
            server: self.clone(),
            path: path.to_owned(),
            cuts: resource.cuts,
            at: from,
            lines,
            last: None,
            over: false,
            news: world.news.subscribe(),
        };
        let frames = watching.frames().map(|bytes| bytes.map(Frame::data));
        Response::new(StreamBody::new(frames).boxed_unsync())
    }
}

/// One watch.
struct Watching {
    server: Server,
    path: String,
    /// The count of cuts when it began.
    cuts: u64,
    /// The version up to which everything was told.
    at: u64,
    lines: VecDeque<String>,
    last: Option<String>,
    over: bool,
    /// Something happened.
    news: tokio::sync::watch::Receiver<()>,
}

impl Watching {
    fn frames(self) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
        stream::unfold(self, |mut watching| async move {
            let frame = watching.next().await?;
            Some((frame, watching))
        })
    }

    async fn next(&mut self) -> Option<Result<Bytes, std::io::Error>> {
        loop {
            self.server.lag().await;
            let ends = self.over && self.lines.is_empty();
            if ends || self.is_cut() || self.server.mishap(3) {
                return None;
            }
            if self.server.mishap(2) {
                self.lines.clear();
                self.over = true;
                return Some(Err(std::io::Error::other("connection reset")));
            }
            if let Some(again) = self.last.clone().filter(|_| self.server.mishap(10)) {
                return Some(Ok(again.into()));
            }
            if let Some(line) = self.lines.pop_front() {
                if self.server.mishap(2) {
                    // The connection is lost within a line.
                    self.lines.clear();
                    self.over = true;
                    let half: Vec<u8> = line.into_bytes().into_iter().take(10).collect();
                    return Some(Ok(half.into()));
                }
                self.last = line.contains("resourceVersion").then(|| line.clone());
                return Some(Ok(line.into()));
            }
            self.look();
            if self.lines.is_empty() {
                // The sender lives in the world.
                let _ = self.news.changed().await;
            }
        }
    }

    fn is_cut(&self) -> bool {
        self.server.world.lock().unwrap().resources[&self.path].cuts != self.cuts
    }

    /// Takes what has happened since.
    fn look(&mut self) {
        let world = self.server.world.lock().unwrap();
        let resource = &world.resources[&self.path];
        if self.at < resource.forgotten {
            let status = json!({"kind": "Status", "code": 410, "status": "Failure",
                "reason": "Expired", "message": "too old resource version"});
            self.lines.push_back(line("ERROR", &status));
            self.over = true;
            return;
        }
        let news = resource.log.iter().filter(|event| event.version > self.at);
        self.lines
            .extend(news.map(|event| line(event.what, &event.object)));
        self.at = world.version;
        drop(world);
        if self.server.mishap(20) {
            self.lines.push_back(bookmark(self.at, false));
        }
    }
}

fn line(what: &str, object: &Value) -> String {
    // Not one object: the type comes first, as the API server writes it.
    format!("{{\"type\":\"{what}\",\"object\":{object}}}\n")
}

fn bookmark(version: u64, ends: bool) -> String {
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if ends {
        metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
    }
    let object = json!({"kind": "X", "apiVersion": "v1", "metadata": metadata});
    line("BOOKMARK", &object)
}

fn reply(status: u16, body: &Value) -> Reply {
    let body = Full::new(Bytes::from(body.to_string()));
    let body = body.map_err(|never| match never {}).boxed_unsync();
    Response::builder().status(status).body(body).unwrap()
}

fn refusal(code: u16) -> Reply {
    let (code, status) = crate::watch::tests::refusal(code);
    reply(code, &status)
}
