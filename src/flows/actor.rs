//! Somebody who may stand at an end of a Flow, as the evaluator sees him under one datapath.

use crate::cluster::View;
use crate::object::Of;
use crate::policy::{Datapath, Family, Policy, Protocol};
use crate::reach::{Flow, Party};

/// A port and its protocol.
pub type Port = (Protocol, u16);

/// Somebody who may stand at an end of a Flow.
#[derive(Clone, Debug)]
pub struct Actor<'p, 'a> {
    /// Who it is.
    pub party: Party<'p>,
    /// The policies that may apply to it, as a View gives them.
    pub policies: Vec<Of<'a, Policy>>,
    /// The ports on which it is asked, each once.
    pub ports: Vec<Port>,
}

/// Under which circumstances actors are compared.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The datapath.
    pub datapath: Datapath,
    /// The family of addresses over which they talk; `None` where none is known.
    pub family: Option<Family>,
    /// Where what policies refer to is looked up.
    pub view: Option<View<'a>>,
}

impl Setting<'_> {
    /// A Flow in this setting.
    pub(super) fn flow<'p>(
        &self,
        from: &Actor<'p, '_>,
        to: &Actor<'p, '_>,
        (protocol, port): Port,
    ) -> Flow<'p> {
        Flow {
            source: from.party,
            destination: to.party,
            protocol,
            port,
            family: self.family,
        }
    }
}
