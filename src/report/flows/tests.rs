//! What every format looks like.

use super::sample::{SHOP, picture, shop};
use super::table::Look;
use super::{dot, matrix, mermaid, table};
use crate::flows::{ALLOWED, Picture, VERDICTS};

const PLAIN: Look = Look {
    colour: false,
    whole: false,
};

fn text(write: impl Fn(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn small() -> Picture {
    picture(&SHOP, VERDICTS, shop)
}

/// Many with names as long as they come, each of which only the next may ask.
fn large() -> Picture {
    let names: Vec<&'static str> = (0..60)
        .map(|n| &*format!("namespace-{}/a-workload-with-a-long-name-{n}", n % 7).leak())
        .collect();
    let some: Vec<_> = names
        .iter()
        .map(|it| (*it, true, &[8080_u16][..]))
        .collect();
    let place = |name: &str| names.iter().position(|it| *it == name).unwrap();
    picture(&some, VERDICTS, |from, to, _| {
        if place(to) == place(from) + 1 {
            ALLOWED
        } else {
            crate::flows::DENIED
        }
    })
}

#[test]
fn a_table_has_a_line_for_all_that_behave_alike() {
    insta::assert_snapshot!(text(|out| table::write(out, &small(), PLAIN)));
}

#[test]
fn tables_and_matrices_are_no_wider_than_a_terminal() {
    let table = text(|out| table::write(out, &large(), PLAIN));
    let longest = table.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(120), "{table}");
    assert!(table.lines().count() <= 62, "{table}");
    let matrix = text(|out| matrix::write(out, &large(), PLAIN));
    assert!(matrix.lines().count() < 70, "{matrix}");
}

#[test]
fn a_matrix_has_its_groups_both_ways() {
    insta::assert_snapshot!(text(|out| matrix::write(out, &small(), PLAIN)));
}

#[test]
fn a_narrow_matrix_has_names_over_its_columns() {
    let picture = picture(&SHOP[3..], VERDICTS, shop);
    insta::assert_snapshot!(text(|out| matrix::write(out, &picture, PLAIN)));
}

#[test]
fn a_wide_matrix_numbers_its_columns() {
    let mut some = SHOP.to_vec();
    some.push(("a-namespace/of-a-long-name", true, &[80]));
    some.push(("another-namespace/of-another-long-name", false, &[81]));
    let picture = picture(&some, VERDICTS, shop);
    insta::assert_snapshot!(text(|out| matrix::write(out, &picture, PLAIN)));
}

#[test]
fn documents_get_a_node_for_a_group_and_an_edge_for_what_passes() {
    insta::assert_snapshot!(text(|out| mermaid::write(out, &small())));
    insta::assert_snapshot!(text(|out| dot::write(out, &small())));
}

#[test]
fn only_our_own_escapes_reach_a_terminal() {
    let hostile = "shop/\u{1b}[31mweb\u{202e}\"]\n--> x";
    let some = [(hostile, true, &[80][..]), ("world", true, &[443][..])];
    let picture = picture(&some, VERDICTS, |_, _, _| ALLOWED);
    let coloured = Look {
        colour: true,
        ..PLAIN
    };
    for write in [table::write, matrix::write] {
        let plain = text(|out| write(out, &picture, PLAIN));
        assert!(
            plain.chars().all(|c| c == '\n' || !c.is_control()),
            "{plain:?}"
        );
        let colours = text(|out| write(out, &picture, coloured));
        assert!(colours.contains("\u{1b}["));
        assert_eq!(anstream::adapter::strip_str(&colours).to_string(), plain);
    }
    for write in [mermaid::write, dot::write] {
        let drawn = text(|out| write(out, &picture));
        assert!(
            drawn.chars().all(|c| c == '\n' || !c.is_control()),
            "{drawn:?}"
        );
        assert!(!drawn.contains("web\"]"), "{drawn}");
    }
}
