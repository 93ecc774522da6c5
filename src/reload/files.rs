//! Whether the content of files has changed, by watching their folders and by looking again.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;
use tokio::time::sleep;

/// How often files are looked at without any sign: folders cannot be watched everywhere, and a
/// file may be a link to another folder.
const EVERY: Duration = Duration::from_secs(10);

/// Files have come to rest when they hold the same for so long: two of them are rarely replaced
/// at once.
const REST: Duration = Duration::from_millis(250);

/// Files that never come to rest are read all the same.
const ROUNDS: usize = 20;

/// What a file held, or why it could not be read.
type Content = Result<Vec<u8>, io::ErrorKind>;

/// Files that belong together, and what they held when last looked at.
#[derive(Debug)]
pub struct Files {
    paths: Vec<PathBuf>,
    seen: Vec<Content>,
    stirred: Arc<Notify>,
    every: Duration,
    /// Watches for as long as it is kept.
    _watcher: Option<RecommendedWatcher>,
}

impl Files {
    /// Looks at files for the first time. Whoever reads them does so afterwards, so that no change
    /// falls in between.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        let stirred = Arc::new(Notify::new());
        let watcher = watch(&paths, stirred.clone())
            .inspect_err(|error| tracing::debug!(%error, "folders are not watched"));
        Self {
            seen: read(&paths),
            _watcher: watcher.ok(),
            paths,
            stirred,
            every: EVERY,
        }
    }

    /// Waits until any file holds something else than when last looked at.
    pub async fn changed(&mut self) {
        loop {
            tokio::select! {
                () = self.stirred.notified() => {}
                () = sleep(self.every) => {}
            }
            let now = self.at_rest().await;
            if now != self.seen {
                self.seen = now;
                return;
            }
        }
    }

    async fn at_rest(&self) -> Vec<Content> {
        let mut last = read(&self.paths);
        for _ in 0..ROUNDS {
            if last == self.seen {
                break;
            }
            sleep(REST).await;
            let now = read(&self.paths);
            if now == last {
                break;
            }
            last = now;
        }
        last
    }
}

/// These files are small and local: reading them takes microseconds.
fn read(paths: &[PathBuf]) -> Vec<Content> {
    (paths.iter())
        .map(|path| std::fs::read(path).map_err(|error| error.kind()))
        .collect()
}

/// Watches the folders of files, not the files: a file that is replaced takes its watch with it,
/// and kubelet replaces a link beside the files.
fn watch(paths: &[PathBuf], stirred: Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |_| stirred.notify_one())?;
    let folders: BTreeSet<&Path> = paths.iter().filter_map(|path| folder(path)).collect();
    for folder in folders {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

fn folder(path: &Path) -> Option<&Path> {
    let parent = path.parent()?;
    Some(if parent.as_os_str().is_empty() {
        Path::new(".")
    } else {
        parent
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use tokio::time::timeout;

    use super::*;

    /// What never comes is given up after this.
    const PATIENCE: Duration = Duration::from_secs(60);

    async fn changes(files: &mut Files) {
        timeout(PATIENCE, files.changed()).await.unwrap();
    }

    async fn rests(files: &mut Files) {
        let soon = REST * 4;
        timeout(soon, files.changed()).await.unwrap_err();
    }

    /// Only the watch can tell within the tests' patience.
    fn watched(paths: Vec<PathBuf>) -> Files {
        Files {
            every: PATIENCE * 10,
            ..Files::new(paths)
        }
    }

    /// A folder as kubelet mounts a Secret: links to a link to a folder of the moment.
    fn mount(folder: &Path, moment: &str, content: &str) {
        fs::create_dir(folder.join(moment)).unwrap();
        fs::write(folder.join(moment).join("tls.crt"), content).unwrap();
        symlink(moment, folder.join("..data_tmp")).unwrap();
        fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    }

    #[tokio::test]
    async fn every_swap_of_a_mounted_secret_is_seen_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        mount(folder.path(), "..1", "one");
        let path = folder.path().join("tls.crt");
        symlink("..data/tls.crt", &path).unwrap();
        let mut files = watched(vec![path]);
        rests(&mut files).await;
        mount(folder.path(), "..2", "two");
        changes(&mut files).await;
        mount(folder.path(), "..3", "two");
        rests(&mut files).await;
        mount(folder.path(), "..4", "four");
        fs::remove_dir_all(folder.path().join("..2")).unwrap();
        changes(&mut files).await;
    }

    #[tokio::test]
    async fn a_file_that_is_written_goes_away_or_comes_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tls.crt");
        let mut files = watched(vec![path.clone()]);
        fs::write(&path, "one").unwrap();
        changes(&mut files).await;
        fs::write(&path, "two").unwrap();
        changes(&mut files).await;
        fs::remove_file(&path).unwrap();
        changes(&mut files).await;
    }

    #[tokio::test]
    async fn what_no_watch_tells_is_seen_by_looking_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("later").join("tls.crt");
        let mut files = Files {
            every: REST,
            ..Files::new(vec![path.clone()])
        };
        fs::create_dir(folder.path().join("later")).unwrap();
        fs::write(&path, "one").unwrap();
        changes(&mut files).await;
    }
}
