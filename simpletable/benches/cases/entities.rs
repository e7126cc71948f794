//! What is read and written: a small, a mixed and a large entity, and the same fields versioned and compressed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use simpletable::{KeyPart, SingleTable};

/// The table of all entities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
pub(crate) enum Shop {
    Event(Event),
    Order(Order),
    Contract(Contract),
    Report(Report),
    Archive(Archive),
    Policy(Policy),
}

/// The small entity: some 300 bytes with its keys and times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>")]
pub(crate) struct Event {
    pub(crate) owner: String,
    pub(crate) kind: String,
    pub(crate) value: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, KeyPart)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Placed,
    Shipped,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) city: String,
    pub(crate) zip: String,
    pub(crate) floor: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) sku: String,
    pub(crate) quantity: u32,
    pub(crate) price: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Section {
    pub(crate) heading: String,
    pub(crate) text: String,
    pub(crate) score: f64,
    pub(crate) reviewed: bool,
}

/// An entity of all value types, nested: some 1 KB with its keys and times.
macro_rules! mixed {
    ($(#[$attribute:meta])* $name:ident) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
        $(#[$attribute])*
        #[gsi(name = "owner", pk = "owner#<owner>")]
        pub(crate) struct $name {
            pub(crate) owner: String,
            pub(crate) reference: String,
            pub(crate) status: Status,
            pub(crate) note: Option<String>,
            pub(crate) quantity: u32,
            pub(crate) total: f64,
            pub(crate) balance: i64,
            pub(crate) paid: bool,
            pub(crate) placed_at: DateTime<Utc>,
            pub(crate) address: Address,
            pub(crate) lines: Vec<Line>,
            pub(crate) labels: BTreeMap<String, String>,
            #[table(set)]
            pub(crate) tags: BTreeSet<String>,
            #[table(set)]
            pub(crate) ratings: BTreeSet<u32>,
            #[table(set)]
            pub(crate) digests: BTreeSet<ByteBuf>,
            pub(crate) checksum: ByteBuf,
        }

        impl $name {
            pub(crate) fn sample(n: u32) -> Self {
                let text = |words| words_of(n, words);
                Self {
                    owner: "ann".into(),
                    reference: format!("R-2026-{n:08}"),
                    status: if n % 3 == 0 { Status::Placed } else { Status::Shipped },
                    note: (n % 2 == 0).then(|| text(6)),
                    quantity: n * 7,
                    total: f64::from(n) * 12.75 + 0.1,
                    balance: -1_000_000 - i64::from(n),
                    paid: n % 2 == 0,
                    placed_at: DateTime::from_timestamp(1_750_000_000 + i64::from(n), 0).unwrap(),
                    address: Address { street: text(3), city: text(1), zip: format!("{:05}", n % 99_999), floor: None },
                    lines: (0..2).map(|i| Line { sku: format!("SKU-{}", n + i), quantity: i + 1, price: 9.99 + f64::from(i) }).collect(),
                    labels: [("channel", "web"), ("campaign", "spring \u{2013} \u{fc}bersee")].map(|(key, label)| (key.into(), label.into())).into(),
                    tags: ["gift", "fragile", "express"].map(Into::into).into(),
                    ratings: [4, 5].into(),
                    digests: [ByteBuf::from(n.to_le_bytes())].into(),
                    checksum: ByteBuf::from((0..20).map(|i| (n + i).to_le_bytes()[0]).collect::<Vec<u8>>()),
                }
            }
        }
    };
}

/// A large entity: some 9 KB with its keys and times.
macro_rules! large {
    ($(#[$attribute:meta])* $name:ident) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
        $(#[$attribute])*
        #[gsi(name = "owner", pk = "owner#<owner>")]
        pub(crate) struct $name {
            pub(crate) owner: String,
            pub(crate) title: String,
            pub(crate) body: String,
            pub(crate) sections: Vec<Section>,
            pub(crate) sources: BTreeMap<String, String>,
        }

        impl $name {
            pub(crate) fn sample(n: u32) -> Self {
                let text = |part: u32, words| words_of(n * 31 + part, words);
                Self {
                    owner: "ann".into(),
                    title: text(0, 5),
                    body: text(1, 400),
                    sections: (0..20)
                        .map(|i| Section { heading: text(i, 3), text: text(i + 50, 24), score: f64::from(i) / 7.0, reviewed: i % 2 == 0 })
                        .collect(),
                    sources: (0..8).map(|i| (format!("source-{i}"), text(i + 90, 6))).collect(),
                }
            }
        }
    };
}

mixed! { Order }
mixed! { #[table(versioned, compress = false)] Contract }
large! { Report }
large! { #[table(compress)] Archive }
large! { #[table(versioned)] Policy }

impl Event {
    pub(crate) fn sample(n: u32) -> Self {
        Self { owner: "ann".into(), kind: words_of(n, 1), value: f64::from(n) / 3.0 }
    }
}

/// Text that is no single word repeated, so that it compresses as text does.
fn words_of(seed: u32, count: usize) -> String {
    const WORDS: &str =
        "order window the of paper north \u{fc}ber quiet a reason station and colour under twelve garden \"quoted\" river copper";
    let words: Vec<&str> = WORDS.split(' ').collect();
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        words[(state >> 16) as usize % words.len()]
    };
    std::iter::repeat_with(next).take(count).collect::<Vec<_>>().join(" ")
}
