//! A process group that ends with this process, however this process ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Waits until nobody holds its standard input any more, kills the group, and clears up.
const WATCH: &str = r#"
cat >/dev/null
kill -s KILL -- "-$1" 2>/dev/null
[ -e "$2/failed" ] || rm -rf "$2" || { sleep 1; rm -rf "$2"; }
"#;

/// A process group with a folder. Both go when this is dropped and when this process ends, by
/// whatever signal: the system closes the pipe that the watchdog reads. The folder stays where it
/// holds a file named `failed`.
#[derive(Debug)]
pub(crate) struct Group {
    leader: Child,
    watchdog: Child,
}

impl Group {
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        let leader = Command::new("cat")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        let watchdog = Command::new("sh")
            .args(["-c", WATCH, "sh", &leader.id().to_string()])
            .arg(folder)
            // An interrupt at the terminal is for the tests alone.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { leader, watchdog })
    }

    /// Starts a program in the group, which logs to a file.
    pub(crate) fn start(&self, command: &mut Command, log: &Path) -> io::Result<Child> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        command.stdout(log.try_clone()?);
        self.start_apart(command, log)
    }

    /// The same, with its standard output where the command says.
    pub(crate) fn start_apart(&self, command: &mut Command, log: File) -> io::Result<Child> {
        let group = i32::try_from(self.leader.id()).map_err(io::Error::other)?;
        command
            .process_group(group)
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Waiting closes the pipe first.
        let _ = self.watchdog.wait();
        let _ = self.leader.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};
    use std::time::Duration;

    use super::*;
    use crate::support::wait::eventually;

    const PLAY: &str = "PORTCULLIS_TEST_HOLDS_A_GROUP";

    fn is_running(id: &str) -> bool {
        // A process that nobody has waited for yet is over all the same.
        let ps = Command::new("ps").args(["-o", "stat=", "-p", id]).output();
        let stat = String::from_utf8(ps.unwrap().stdout).unwrap();
        !stat.trim().is_empty() && !stat.contains('Z')
    }

    #[test]
    fn a_group_and_its_folder_go_when_their_process_is_killed() {
        let folder = tempfile::tempdir().unwrap().keep();
        if let Some(folder) = std::env::var_os(PLAY) {
            let folder = Path::new(&folder);
            let group = Group::new(folder).unwrap();
            let sleep = group.start(Command::new("sleep").arg("600"), &folder.join("log"));
            println!("started {}", sleep.unwrap().id());
            std::thread::sleep(Duration::from_secs(600));
        }
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--nocapture", "--exact"])
            .arg("support::group::tests::a_group_and_its_folder_go_when_their_process_is_killed")
            .env(PLAY, &folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let id = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("started ")?.1.to_owned()))
            .unwrap();
        assert!(is_running(&id));
        process.kill().unwrap();
        process.wait().unwrap();
        eventually("the group is gone", || !is_running(&id));
        eventually("the folder is gone", || !folder.exists());
    }
}
