//! Every attribute at once, as far as they go together.

#![deny(warnings)]

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use simpletable::{Id, KeyPart, SingleTable};

#[derive(Serialize, Deserialize, KeyPart)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
enum Kind {
    ShortOne,
    #[serde(rename = "long")]
    LongOne,
}

#[derive(Serialize, Deserialize, KeyPart)]
#[serde(transparent)]
struct Email(String);

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned, compress, max_versions = 10, name = "doc", prefix = "Doc", ttl = "expires", type_index = false, deny_unknown)]
#[table(crate = simpletable)]
#[table(unique(name = "kind", value = "<kind>"), unique(name = "r_due", value = "<rank>#<due>", fold = "lower"))]
#[gsi(name = "kind", index = "gsi1", pk = "kind#<kind>", pk_attr = "gsi1pk")]
#[gsi(name = "owner", index = "gsi3", pk = "owner#<owner>", sk = "<rank:03>#<due>#<id>", pk_attr = "gsi3pk", sk_attr = "gsi3sk")]
#[gsi(name = "recent", index = "recent", pk = "<created_at>", sk = "<updated_at>")]
struct Document {
    kind: Kind,
    owner: Id<User>,
    rank: i16,
    due: Option<NaiveDate>,
    expires: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[serde(rename_all = "camelCase")]
#[table(id = "<email>#<born_on>", compress = false, ttl = "valid_seconds")]
#[gsi(name = "either", index = "gsi2", pk_with = either, sk_with = User::rank)]
struct User {
    email: Email,
    #[serde(rename = "birth", alias = "born")]
    born_on: NaiveDate,
    valid_seconds: u32,
    #[table(set)]
    tags: BTreeSet<String>,
    #[table(set)]
    #[serde(default, skip_serializing_if = "HashSet::is_empty")]
    numbers: HashSet<u64>,
    #[serde(skip)]
    cached: u32,
    #[serde(with = "simpletable::time")]
    seen_at: DateTime<Utc>,
}

fn either(user: &User) -> Option<String> {
    (user.valid_seconds > user.cached).then(|| user.email.0.clone())
}

impl User {
    fn rank(&self) -> Option<String> {
        Some(format!("{:010}", self.valid_seconds))
    }
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "PLAN#<plan:02>#<created_at>#<flag>", name = "organization")]
#[table(unique(value = "<org>", name = "type"))]
struct Org {
    org: String,
    plan: u8,
    flag: bool,
}

#[derive(Default, Serialize, Deserialize, SingleTable)]
#[table(singleton, count, name = "config", ttl = "until")]
struct Config {
    until: Option<DateTime<Utc>>,
}

#[derive(SingleTable)]
#[table(ttl = "expires_at", crate = ::simpletable)]
enum App {
    Document(Document),
    User(User),
    Org(Org),
    Config(Config),
}

fn main() {
    let _ = |document, user, org, config| [App::Document(document), App::User(user), App::Org(org), App::Config(config)];
    let _ = [Kind::ShortOne, Kind::LongOne];
}
