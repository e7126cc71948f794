//! What is written and read: each entity beside the struct that somebody declares who uses `serde_dynamo`.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use simpletable::{AcceptsId, Member, SingleTable};

use crate::values::{
    Adjacent, Attributes, Bytes, Collections, Color, External, Inner, Internal, Name, Times, Unit, Untagged, adjacent, attributes, bytes,
    collections, color, external, float, inner, internal, json, text, times, untagged, wide,
};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Numbers {
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    f32: f32,
    f64: f64,
}

/// Numbers of 128 bits, which `serde_dynamo` does not write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wide {
    pub(crate) i128: i128,
    pub(crate) u128: u128,
}

/// An entity with its twin.
pub(crate) trait Twin: Member<Store> + AcceptsId + Clone + PartialEq + Debug {
    type Theirs: for<'a> From<&'a Self> + Serialize + DeserializeOwned + PartialEq + Debug;
    const NAME: &'static str;
    /// The same fields.
    fn of(plain: Plain) -> Self;
    /// What both write alike, but for 128 bits and an absent `None`.
    fn wide(&self) -> &Wide;
    /// The fields that are `None`.
    fn nones(&self) -> Vec<&'static str>;
    /// What makes keys of indexes, and the end.
    fn indexed(&self) -> (&str, u16, Option<&str>);
    fn expires(&self) -> Option<DateTime<Utc>>;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
pub(crate) enum Store {
    Plain(Plain),
    Kept(Kept),
    Packed(Packed),
}

macro_rules! entities {
    ($($(#[$table:meta])* $ours:ident, $theirs:ident { $($set:ident: $set_type:ty as $with:literal,)* })*) => {$(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
        $(#[$table])*
        #[gsi(name = "owner", pk = "owner#<owner>", sk = "<rank:05>")]
        #[gsi(name = "project", index = "gsi1", pk = "project#<project>")]
        pub(crate) struct $ours {
            owner: String,
            rank: u16,
            project: Option<String>,
            #[serde(with = "simpletable::time::option", default)]
            expires: Option<DateTime<Utc>>,
            flag: bool,
            letter: char,
            #[serde(rename = "a \"quoted\" \\ näme\n𝄞")]
            renamed: String,
            r#type: String,
            numbers: Numbers,
            optional: Option<String>,
            inner: Option<Inner>,
            unit: (),
            unit_struct: Unit,
            newtype: Name,
            color: Color,
            external: External,
            internal: Internal,
            adjacent: Adjacent,
            untagged: Vec<Untagged>,
            attributes: Attributes,
            times: Times,
            collections: Collections,
            bytes: Bytes,
            list_of_bytes: Vec<Bytes>,
            any: Value,
            address: IpAddr,
            result: Result<Box<str>, u8>,
            wide: Wide,
            $(#[table(set)] $set: $set_type,)*
        }

        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub(crate) struct $theirs {
            owner: String,
            rank: u16,
            project: Option<String>,
            #[serde(with = "simpletable::time::option", default)]
            expires: Option<DateTime<Utc>>,
            flag: bool,
            letter: char,
            #[serde(rename = "a \"quoted\" \\ näme\n𝄞")]
            renamed: String,
            r#type: String,
            numbers: Numbers,
            optional: Option<String>,
            inner: Option<Inner>,
            unit: (),
            unit_struct: Unit,
            newtype: Name,
            color: Color,
            external: External,
            internal: Internal,
            adjacent: Adjacent,
            untagged: Vec<Untagged>,
            attributes: Attributes,
            times: Times,
            collections: Collections,
            bytes: Bytes,
            list_of_bytes: Vec<Bytes>,
            any: Value,
            address: IpAddr,
            result: Result<Box<str>, u8>,
            // An empty set is absent.
            $(#[serde(with = $with, default)] $set: $set_type,)*
        }

        impl From<&$ours> for $theirs {
            fn from(ours: &$ours) -> Self {
                let $ours {
                    owner, rank, project, expires, flag, letter, renamed, r#type, numbers, optional, inner, unit, unit_struct, newtype,
                    color, external, internal, adjacent, untagged, attributes, times, collections, bytes, list_of_bytes, any, address,
                    result, wide: _, $($set,)*
                } = ours.clone();
                Self {
                    owner, rank, project, expires, flag, letter, renamed, r#type, numbers, optional, inner, unit, unit_struct, newtype,
                    color, external, internal, adjacent, untagged, attributes, times, collections, bytes, list_of_bytes, any, address,
                    result, $($set,)*
                }
            }
        }

        impl Twin for $ours {
            type Theirs = $theirs;
            const NAME: &'static str = stringify!($ours);
            fn of(plain: Plain) -> Self {
                let Plain {
                    owner, rank, project, expires, flag, letter, renamed, r#type, numbers, optional, inner, unit, unit_struct, newtype,
                    color, external, internal, adjacent, untagged, attributes, times, collections, bytes, list_of_bytes, any, address,
                    result, wide, $($set,)* ..
                } = plain;
                Self {
                    owner, rank, project, expires, flag, letter, renamed, r#type, numbers, optional, inner, unit, unit_struct, newtype,
                    color, external, internal, adjacent, untagged, attributes, times, collections, bytes, list_of_bytes, any, address,
                    result, wide, $($set,)*
                }
            }
            fn wide(&self) -> &Wide {
                &self.wide
            }
            fn nones(&self) -> Vec<&'static str> {
                let fields = [
                    ("project", self.project.is_none()),
                    ("expires", self.expires.is_none()),
                    ("optional", self.optional.is_none()),
                    ("inner", self.inner.is_none()),
                ];
                fields.iter().filter(|(_, none)| *none).map(|(name, _)| *name).collect()
            }
            fn indexed(&self) -> (&str, u16, Option<&str>) {
                (&self.owner, self.rank, self.project.as_deref())
            }
            fn expires(&self) -> Option<DateTime<Utc>> {
                self.expires
            }
        }
    )*};
}

entities! {
    #[table(ttl = "expires")]
    Plain, TheirPlain {
        texts: BTreeSet<String> as "serde_dynamo::string_set",
        integers: BTreeSet<i64> as "serde_dynamo::number_set",
        blobs: BTreeSet<Bytes> as "serde_dynamo::binary_set",
    }
    #[table(versioned, compress = false, ttl = "expires")]
    Kept, TheirKept {
        texts: BTreeSet<String> as "serde_dynamo::string_set",
        integers: BTreeSet<i64> as "serde_dynamo::number_set",
        blobs: BTreeSet<Bytes> as "serde_dynamo::binary_set",
    }
    #[table(versioned, ttl = "expires")]
    Packed, TheirPacked {}
}

impl Packed {
    pub(crate) fn bytes(&self) -> (&Bytes, &[Bytes]) {
        (&self.bytes, &self.list_of_bytes)
    }
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let f32 = any::<f32>().prop_filter("finite", |float| float.is_finite());
    let signed = (any::<i8>(), any::<i16>(), any::<i32>(), any::<i64>());
    let unsigned = (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>());
    (signed, unsigned, f32, float()).prop_map(|((i8, i16, i32, i64), (u8, u16, u32, u64), f32, f64)| Numbers {
        i8,
        i16,
        i32,
        i64,
        u8,
        u16,
        u32,
        u64,
        f32,
        f64,
    })
}

pub(crate) fn plain() -> impl Strategy<Value = Plain> {
    // Later than any test, in whole microseconds, and before the year 10000.
    let expires = (4_102_444_800_000_000i64..253_402_300_799_000_000).prop_map(|at| DateTime::from_timestamp_micros(at).expect("a time"));
    let keys = (text(), any::<u16>(), option::of(text()), option::of(expires));
    let scalars = (any::<bool>(), any::<char>(), text(), text(), numbers(), option::of(text()), option::of(inner()), text(), color());
    let enums = (external(), internal(), adjacent(), vec(untagged(), 0..4));
    let structs = (attributes(), times(), collections(), bytes(), vec(bytes(), 0..3), json());
    let foreign = (any::<IpAddr>(), proptest::result::maybe_ok(text().prop_map(String::into_boxed_str), any::<u8>()), wide(), wide());
    let sets = (btree_set(text(), 0..4), btree_set(any::<i64>(), 0..4), btree_set(bytes(), 0..4));
    (keys, scalars, enums, structs, foreign, sets).prop_map(
        |(
            (owner, rank, project, expires),
            (flag, letter, renamed, r#type, numbers, optional, inner, newtype, color),
            (external, internal, adjacent, untagged),
            (attributes, times, collections, bytes, list_of_bytes, any),
            (address, result, i128, u128),
            (texts, integers, blobs),
        )| Plain {
            owner,
            rank,
            project,
            expires,
            flag,
            letter,
            renamed,
            r#type,
            numbers,
            optional,
            inner,
            unit: (),
            unit_struct: Unit,
            newtype: Name(newtype),
            color,
            external,
            internal,
            adjacent,
            untagged,
            attributes,
            times,
            collections,
            bytes,
            list_of_bytes,
            any,
            address,
            result,
            wide: Wide { i128, u128: u128.unsigned_abs() },
            texts,
            integers,
            blobs,
        },
    )
}
