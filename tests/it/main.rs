//! What users see of `simpletable`, one module for each operation or attribute.
//!
//! Without more they run on the embedded engine. With `AWS_ENDPOINT_URL_DYNAMODB` set (see `scripts/dynamodb-local`) they run on DynamoDB
//! Local: each test creates a table of its own there.

mod engine;
