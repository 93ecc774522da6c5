//! Hosts in texts that may be Services of the cluster: `name.namespace.svc`, `scheme://name:port`.

use super::names::dns_label_flaw;

/// A host, and where it leads if it is a Service's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host<'t> {
    /// The Service's name.
    pub(super) name: &'t str,
    /// Its namespace, where it is written.
    pub(super) namespace: Option<&'t str>,
    /// The port, where it is written.
    pub(super) port: Option<u16>,
    /// Whether it ends as only a Service's name does.
    pub(super) is_full: bool,
    /// Whether the name of one pod stands before it.
    pub(super) of_pod: bool,
    /// Where it ends in the text.
    pub(super) end: usize,
}

/// Schemes after which no host stands, but an image, a bucket or a name.
const NO_HOSTS: [&str; 12] = [
    "docker",
    "docker-daemon",
    "docker-image",
    "containerd",
    "containers-storage",
    "file",
    "gs",
    "oci",
    "oci-archive",
    "s3",
    "spiffe",
    "unix",
];

/// What a line that is no more than a remark begins with, whatever the language.
const REMARKS: [&str; 8] = ["#", "//", ";", "-- ", "/*", "*", "<!--", "!"];

/// How long a host may be, as DNS has it.
const LONGEST: usize = 253;

/// How long what stands before a path may be: user, password, and several hosts.
const LONGEST_AUTHORITY: usize = 1024;

/// What every name of a Service has in it.
const SERVICE: &str = ".svc";

/// What stands between a scheme and its host.
const SCHEME_END: &str = "://";

/// Puts every host in `text` that may be a Service's before `found`; what a line says after the
/// sign of a remark does not count.
pub(super) fn hosts<'t>(text: &'t str, mut found: impl FnMut(Host<'t>)) {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    if !has(SERVICE) && !has(SCHEME_END) {
        return;
    }
    let mut start = 0;
    for line in text.split('\n') {
        let mut add = |host: Host<'t>| {
            found(Host {
                end: start + host.end,
                ..host
            });
        };
        let said = without_remark(line);
        after_schemes(said, &mut add);
        full_names(said, &mut add);
        start += line.len() + 1;
    }
}

/// A line up to where a remark begins.
fn without_remark(line: &str) -> &str {
    let trimmed = line.trim_start();
    if REMARKS.iter().any(|sign| trimmed.starts_with(sign)) {
        return "";
    }
    let signs = [" #", "\t#", " //", "\t//"].into_iter();
    let end = signs
        .filter_map(|sign| memchr::memmem::find(line.as_bytes(), sign.as_bytes()))
        .min();
    end.and_then(|end| line.get(..end)).unwrap_or(line)
}

/// The hosts after `scheme://` that are one name or two, with a port; longer ones say of
/// themselves what they are.
fn after_schemes<'t>(line: &'t str, found: &mut impl FnMut(Host<'t>)) {
    for at in memchr::memmem::find_iter(line.as_bytes(), SCHEME_END) {
        let (Some(before), Some(after)) = (line.get(..at), line.get(at + SCHEME_END.len()..))
        else {
            continue;
        };
        if !leads_to_host(before) {
            continue;
        }
        let authority = authority(after);
        let hosts = authority.rsplit_once('@').map_or(authority, |(_, it)| it);
        let mut end = at + SCHEME_END.len() + authority.len() - hosts.len();
        for part in hosts.split(',') {
            let (host, port) = part.split_once(':').unwrap_or((part, ""));
            let of_host = end + host.len();
            end += part.len() + 1;
            let found_here = number(port).and_then(|port| short_name(host, port, of_host));
            found_here.into_iter().for_each(&mut *found);
        }
    }
}

/// Whether what stands before `://` is a scheme that a host follows.
fn leads_to_host(before: &str) -> bool {
    let in_schemes = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
    // No scheme is longer, and a hostile line has many.
    let letters = before.chars().rev().take(32);
    let letters: Vec<char> = letters.take_while(|c| in_schemes(*c)).collect();
    let scheme: String = letters.into_iter().rev().collect();
    !scheme.is_empty() && !NO_HOSTS.contains(&scheme.to_ascii_lowercase().as_str())
}

/// What stands before the path of a URL; in it what a template fills in is kept.
fn authority(rest: &str) -> &str {
    let mut closing: Option<char> = None;
    let mut last = '\0';
    for (at, c) in rest.char_indices().take(LONGEST_AUTHORITY) {
        match (closing, c) {
            (Some(close), _) if c == close => closing = None,
            (None, '(') if last == '$' => closing = Some(')'),
            (None, '{') if matches!(last, '$' | '{') => closing = Some('}'),
            (None, _) if c.is_whitespace() || ENDS_AUTHORITY.contains(&c) => {
                return rest.get(..at).unwrap_or_default();
            }
            (Some(_) | None, _) => {}
        }
        last = c;
    }
    if rest.len() < LONGEST_AUTHORITY {
        rest
    } else {
        ""
    }
}

/// What no host, user or password goes on after.
const ENDS_AUTHORITY: [char; 16] = [
    '/', '?', '#', ';', '(', ')', '<', '>', '|', '&', '\\', ']', '}', '"', '\'', '`',
];

/// `name` or `name.namespace`.
fn short_name(host: &str, port: u16, end: usize) -> Option<Host<'_>> {
    let mut labels = host.split('.');
    let (name, namespace) = (labels.next()?, labels.next());
    let all = [Some(name), namespace].into_iter().flatten();
    let is_name = labels.next().is_none() && all.clone().all(is_label) && name != "localhost";
    is_name.then_some(Host {
        name,
        namespace,
        port: Some(port),
        is_full: false,
        of_pod: false,
        end,
    })
}

/// A label that a Service or a namespace may have for its name: digits alone are an address.
fn is_label(label: &str) -> bool {
    dns_label_flaw(label).is_none() && label.bytes().any(|c| c.is_ascii_lowercase())
}

/// The hosts with `.svc` in them.
fn full_names<'t>(line: &'t str, found: &mut impl FnMut(Host<'t>)) {
    let mut seen = 0;
    for at in memchr::memmem::find_iter(line.as_bytes(), SERVICE) {
        if at < seen {
            continue;
        }
        let (Some(before), Some(after)) = (line.get(..at), line.get(at + SERVICE.len()..)) else {
            continue;
        };
        let left = run(before.bytes().rev());
        let right = run(after.bytes());
        seen = at + SERVICE.len() + right;
        let before_it = before.len().checked_sub(left + 1);
        let before_it = before_it.and_then(|at| before.as_bytes().get(at));
        let Some(host) = line.get(at - left..seen) else {
            continue;
        };
        if left < LONGEST && right < LONGEST && before_it.is_none_or(|c| begins_after(*c)) {
            let port = line.get(seen..).and_then(port_after);
            full_name(host, port, seen)
                .into_iter()
                .for_each(&mut *found);
        }
    }
}

/// How many characters go on as a host does.
fn run(bytes: impl Iterator<Item = u8>) -> usize {
    let in_hosts = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b'_');
    bytes.take_while(in_hosts).take(LONGEST).count()
}

/// Whether a host may begin after a character: not after the end of a template or an escape.
const fn begins_after(c: u8) -> bool {
    c.is_ascii_whitespace()
        || matches!(
            c,
            b'"' | b'\''
                | b'`'
                | b'='
                | b'/'
                | b'@'
                | b','
                | b';'
                | b'('
                | b'['
                | b':'
                | b'|'
                | b'>'
        )
}

/// The port that stands after a host.
fn port_after(rest: &str) -> Option<u16> {
    let rest = rest.strip_prefix(':')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).take(6).count();
    let goes_on = |c: u8| c.is_ascii_alphanumeric() || b"-_${%(".contains(&c);
    if rest.as_bytes().get(digits).is_some_and(|c| goes_on(*c)) {
        return None;
    }
    number(rest.get(..digits)?)
}

fn number(digits: &str) -> Option<u16> {
    let all = digits.bytes().all(|c| c.is_ascii_digit());
    digits.parse().ok().filter(|number| all && *number > 0)
}

/// `name.namespace.svc`, with the name of a pod or of a port (`_http._tcp`) before it, and with or
/// without the cluster's domain: any other may be another cluster's.
fn full_name(host: &str, port: Option<u16>, end: usize) -> Option<Host<'_>> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let host = host.strip_suffix(".cluster.local").unwrap_or(host);
    let mut labels = host.strip_suffix(SERVICE)?.rsplit('.');
    let (namespace, name) = (labels.next()?, labels.next()?);
    let mut before = labels.filter(|label| !label.starts_with('_'));
    let pod = before.next();
    let is_name = before.next().is_none() && is_label(name) && is_label(namespace);
    (is_name && pod.is_none_or(|pod| dns_label_flaw(pod).is_none())).then_some(Host {
        name,
        namespace: Some(namespace),
        port,
        is_full: true,
        of_pod: pod.is_some(),
        end,
    })
}
