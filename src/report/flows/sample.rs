//! A small picture for the tests of every format.

use fixedbitset::FixedBitSet;

use crate::flows::{Code, Grid, Picture, Port, Target, Told, Who};
use crate::policy::Protocol;

/// Somebody: the name, whether he asks, and on which ports he is asked.
type Somebody = (&'static str, bool, &'static [u16]);

/// A picture of some, a class each; `code` is what a pair comes to on a port.
pub(super) fn picture(
    some: &[Somebody],
    told: Told,
    code: impl Fn(&str, &str, u16) -> Code,
) -> Picture {
    let who = some.iter().map(|(name, ..)| Who {
        name: (*name).to_owned(),
        namespace: name
            .split_once('/')
            .map(|(namespace, _)| namespace.to_owned()),
        is_one: false,
    });
    let targets: Vec<Target> = some
        .iter()
        .enumerate()
        .flat_map(|(class, (.., ports))| {
            let port = |port: &u16| -> Port { (Protocol::Tcp, *port) };
            ports.iter().map(move |it| Target {
                class,
                port: port(it),
            })
        })
        .collect();
    let row = |(from, asks, _): &Somebody| {
        let mut planes = vec![FixedBitSet::with_capacity(targets.len()); 4];
        for (place, target) in targets.iter().enumerate().filter(|_| *asks) {
            let code = code(from, some[target.class].0, target.port.1);
            for (plane, bits) in planes.iter_mut().enumerate() {
                bits.set(place, code >> plane & 1 == 1);
            }
        }
        planes
    };
    let grid = Grid {
        rows: some.iter().map(row).collect(),
        asks: some.iter().map(|(_, asks, _)| *asks).enumerate().fold(
            FixedBitSet::with_capacity(some.len()),
            |mut all, (class, asks)| {
                all.set(class, asks);
                all
            },
        ),
        targets,
    };
    let classes = (0..some.len()).map(|class| vec![class]).collect();
    Picture::new(who.collect(), classes, grid, told)
}

/// A shop: whoever is not admitted is denied.
pub(super) fn shop(from: &str, to: &str, port: u16) -> Code {
    use crate::flows::{ALLOWED, DENIED, DEPENDS, UNASKED};
    match (from, to, port) {
        ("world", "world" | "apiserver", _) => UNASKED,
        ("shop/web", "shop/db", 9187) => DENIED,
        ("shop/web", "shop/db" | "shop/cache", _) | ("world", "shop/web", _) | (_, "world", _) => {
            ALLOWED
        }
        (_, "apiserver", _) => DEPENDS,
        _ => DENIED,
    }
}

/// Everybody in that shop.
pub(super) const SHOP: [Somebody; 7] = [
    ("bank/vault", true, &[8200]),
    ("shop/cache", true, &[6379]),
    ("shop/db", true, &[5432, 9187]),
    ("shop/web", true, &[8080]),
    ("shop/web-canary", true, &[8080]),
    ("apiserver", false, &[6443]),
    ("world", true, &[443]),
];
