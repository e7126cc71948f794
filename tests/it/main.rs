//! What users see of `simpletable`, one module for each operation or attribute.
//!
//! Without more they run on the embedded engine. With `AWS_ENDPOINT_URL_DYNAMODB` set (see `scripts/dynamodb-local`) they run on DynamoDB
//! Local: each test creates a table of its own there.

mod batch;
mod canary;
mod check;
mod collections;
mod concurrency;
mod context;
mod count;
mod create;
mod delete;
mod drift;
mod dynamodb_json;
mod engine;
mod errors;
mod faults;
mod file;
mod fixtures;
mod get;
mod get_all;
mod history;
mod history_faults;
mod idempotency;
mod kinds;
mod layers;
mod layout;
mod limits;
mod modify;
mod patch;
mod patch_lost;
mod patterns;
mod projection;
mod put;
mod query;
mod rebuild_claims;
mod rekey;
mod repository;
mod requests;
mod rewrite;
mod schema;
mod sends;
mod set;
mod singleton;
mod spans;
mod stored;
mod transact;
mod ttl;
mod unique;
mod unknown;
mod update;
mod update_at;
mod upsert;
mod values;
mod verify;
mod when;
