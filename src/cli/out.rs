//! Standard output that nobody may be reading any more.

use std::io::{self, BufWriter, StdoutLock, Write};

/// Standard output, locked and buffered. Once its reader has gone (`portcullis check | head`)
/// the rest is dropped without a word, so that the exit code still says what was found.
#[derive(Debug)]
pub struct Out<W: Write = BufWriter<StdoutLock<'static>>> {
    to: W,
    gone: bool,
}

impl Out {
    /// Locks standard output.
    pub(super) fn stdout() -> Self {
        Self::new(BufWriter::with_capacity(64 << 10, io::stdout().lock()))
    }
}

impl<W: Write> Out<W> {
    fn new(to: W) -> Self {
        Self { to, gone: false }
    }

    fn unless_gone<T>(
        &mut self,
        otherwise: T,
        act: impl FnOnce(&mut W) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.gone {
            return Ok(otherwise);
        }
        match act(&mut self.to) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(otherwise)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_gone(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_gone((), Write::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error() {
        let mut out = Out::new(Failing(io::ErrorKind::BrokenPipe));
        out.write_all(b"one").unwrap();
        out.write_all(b"two").unwrap();
        out.flush().unwrap();
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let mut out = Out::new(Failing(io::ErrorKind::StorageFull));
        assert!(out.write_all(b"one").is_err());
    }
}
