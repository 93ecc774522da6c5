//! What stands in for the cluster's network: connections to the address of a Service go to its
//! pods, which listen on loopback.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// Where connections to `ADDRESS:PORT` of a Service go, each time to the next of several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    routes: Arc<Mutex<HashMap<String, Vec<SocketAddr>>>>,
}

impl Network {
    /// Takes connections from kube-apiserver through a socket.
    pub(crate) fn listen(socket: &Path) -> io::Result<Self> {
        let network = Self::default();
        let listener = UnixListener::bind(socket)?;
        let router = network.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let router = router.clone();
                thread::spawn(move || router.carry(stream));
            }
        });
        Ok(network)
    }

    /// Has new connections to a Service go to these pods; those that are open stay.
    pub(crate) fn route(&self, service: &str, pods: &[SocketAddr]) {
        let mut routes = self.routes.lock().unwrap();
        routes.insert(service.to_owned(), pods.to_vec());
    }

    fn next(&self, service: &str) -> Option<SocketAddr> {
        let mut routes = self.routes.lock().unwrap();
        let pods = routes.get_mut(service)?;
        let next = pods.first().copied()?;
        pods.rotate_left(1);
        Some(next)
    }

    /// Speaks as an HTTP proxy that is asked to CONNECT, then carries bytes both ways.
    fn carry(&self, stream: UnixStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let service = line.split(' ').nth(1).unwrap_or_default().to_owned();
        while reader.read_line(&mut line)? > 2 {}
        let mut stream = stream;
        let Some(pod) = self.next(&service) else {
            return stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n");
        };
        let pod = TcpStream::connect(pod)?;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        let (mut to, mut back) = (pod.try_clone()?, stream.try_clone()?);
        let mut answers = pod;
        thread::spawn(move || {
            let _ = io::copy(&mut answers, &mut back);
            let _ = back.shutdown(Shutdown::Both);
        });
        io::copy(&mut reader, &mut to)?;
        to.shutdown(Shutdown::Both)
    }
}
