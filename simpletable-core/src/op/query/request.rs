//! The requests of a walk, and their answers.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::scan::ScanInput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, Select};

use super::walk::{Origin, Walk};
use crate::codec::name;
use crate::error::{Item, Result};
use crate::expr::Expression;
use crate::find::{Lookup, Sort};
use crate::handle::{self, Call, QUERY, SCAN, built};
use crate::json::RawRow;
use crate::page::Binding;

/// A request's parts that stay the same from page to page.
pub(in crate::op) struct Prepared {
    pub(super) key_condition: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<Item>,
    pub(super) binding: Binding,
    /// The attributes that say where a row is.
    pub(super) position: Vec<&'static str>,
}

/// One request.
pub(super) enum Request {
    Query(Box<QueryInput>),
    Scan(Box<ScanInput>),
}

/// What one request brought.
pub(in crate::op) struct Answer {
    pub(in crate::op) items: Vec<RawRow>,
    pub(super) count: u64,
    pub(in crate::op) scanned: u64,
    pub(in crate::op) next: Option<Item>,
    /// How many requests it took.
    pub(super) requests: u32,
}

impl<'f, T: 'f> Walk<'f, T> {
    /// What a cursor of this walk belongs to.
    pub(super) fn binding(&self, origin: &Origin) -> Binding {
        let typed = if self.typed { "entity" } else { "schema" };
        let direction = if self.descending { "descending" } else { "ascending" };
        let mut binding = Binding::new(self.handle.table()).field(typed).field(self.entity).field(direction);
        match origin {
            Origin::Scan { segment, of } => binding = binding.field(self.operation).field(segment.to_string()).field(of.to_string()),
            Origin::Lookup(lookup) => {
                binding = binding.field(lookup.index.map_or("", |index| index.name)).field(&lookup.pk).field(lookup.sort.name());
                for text in lookup.sort.texts() {
                    binding = binding.field(text);
                }
                binding = binding.field("without").field(lookup.without.as_deref().unwrap_or_default());
            }
        }
        if let Some(Ok(filter)) = &self.filter {
            let (text, names, values) = filter.expression().into_parts();
            binding = binding.field("filter").field(text);
            let mut names: Vec<(String, String)> = names.unwrap_or_default().into_iter().collect();
            names.sort();
            for (placeholder, name) in names {
                binding = binding.field(placeholder).field(name);
            }
            binding = binding.field(crate::codec::canonical(&values.unwrap_or_default()));
        }
        binding
    }

    pub(super) fn request(&self, prepared: &Prepared, start: Option<Item>, ask: Option<usize>, counting: bool) -> Request {
        let ask = ask.map(|ask| i32::try_from(ask).unwrap_or(i32::MAX));
        match &self.origin {
            Ok(Origin::Scan { .. }) => Request::Scan(Box::new(self.scan_input(prepared, start, ask, counting))),
            _ => Request::Query(Box::new(self.query_input(prepared, start, ask, counting))),
        }
    }

    pub(super) fn query_input(&self, prepared: &Prepared, start: Option<Item>, ask: Option<i32>, counting: bool) -> QueryInput {
        let index = match &self.origin {
            Ok(Origin::Lookup(Lookup { index: Some(index), .. })) => Some(index.name.to_owned()),
            _ => None,
        };
        let input = QueryInput::builder()
            .table_name(self.handle.table())
            .set_index_name(index)
            .set_key_condition_expression(prepared.key_condition.clone())
            .set_filter_expression(prepared.filter.clone())
            .set_expression_attribute_names(prepared.names.clone())
            .set_expression_attribute_values(prepared.values.clone())
            .set_exclusive_start_key(start)
            .set_limit(ask)
            .set_scan_index_forward(self.descending.then_some(false))
            .set_consistent_read(self.consistent.then_some(true))
            .set_select(counting.then_some(Select::Count))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        built(input.build())
    }

    fn scan_input(&self, prepared: &Prepared, start: Option<Item>, ask: Option<i32>, counting: bool) -> ScanInput {
        let (segment, of) = match &self.origin {
            Ok(Origin::Scan { segment, of }) if *of > 1 => (Some(*segment), Some(*of)),
            _ => (None, None),
        };
        let input = ScanInput::builder()
            .table_name(self.handle.table())
            .set_filter_expression(prepared.filter.clone())
            .set_expression_attribute_names(prepared.names.clone())
            .set_expression_attribute_values(prepared.values.clone())
            .set_exclusive_start_key(start)
            .set_limit(ask)
            .set_segment(segment)
            .set_total_segments(of)
            .set_consistent_read(self.consistent.then_some(true))
            .set_select(counting.then_some(Select::Count))
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        built(input.build())
    }
}

pub(super) fn key_condition(expression: &mut Expression, lookup: &Lookup) -> String {
    let (pk, sk) = lookup.index.map_or((name::PK, name::SK), |index| (index.pk, index.sk.unwrap_or(name::PK)));
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let partition = format!("{} = {}", expression.name(pk), expression.value(text(&lookup.pk)));
    let sort = match &lookup.sort {
        Sort::Any | Sort::Nothing => return partition,
        Sort::Equal(value) => format!("{} = {}", expression.name(sk), expression.value(text(value))),
        Sort::AtLeast(value) => format!("{} >= {}", expression.name(sk), expression.value(text(value))),
        Sort::AtMost(value) => format!("{} <= {}", expression.name(sk), expression.value(text(value))),
        Sort::Prefix(value) => format!("begins_with({}, {})", expression.name(sk), expression.value(text(value))),
        Sort::Between(low, high) => {
            let name = expression.name(sk);
            let low = expression.value(text(low));
            format!("{name} BETWEEN {low} AND {}", expression.value(text(high)))
        }
    };
    format!("{partition} AND {sort}")
}

impl Call {
    pub(super) async fn ask(&self, request: Request) -> Result<Answer> {
        match request {
            Request::Query(input) => self.query(*input).await,
            Request::Scan(input) => self.scan(*input).await,
        }
    }

    async fn query(&self, input: QueryInput) -> Result<Answer> {
        let request = self
            .handle
            .client
            .query()
            .set_table_name(input.table_name)
            .set_index_name(input.index_name)
            .set_key_condition_expression(input.key_condition_expression)
            .set_filter_expression(input.filter_expression)
            .set_expression_attribute_names(input.expression_attribute_names)
            .set_expression_attribute_values(input.expression_attribute_values)
            .set_exclusive_start_key(input.exclusive_start_key)
            .set_limit(input.limit)
            .set_scan_index_forward(input.scan_index_forward)
            .set_consistent_read(input.consistent_read)
            .set_select(input.select)
            .set_return_consumed_capacity(input.return_consumed_capacity)
            .customize();
        let (request, slot) = self.reading(request, QUERY);
        self.in_time(request.send()).await.map_err(|error| self.failed(error))?;
        Ok(self.answer(slot.take()))
    }

    async fn scan(&self, input: ScanInput) -> Result<Answer> {
        let request = self
            .handle
            .client
            .scan()
            .set_table_name(input.table_name)
            .set_filter_expression(input.filter_expression)
            .set_expression_attribute_names(input.expression_attribute_names)
            .set_expression_attribute_values(input.expression_attribute_values)
            .set_exclusive_start_key(input.exclusive_start_key)
            .set_limit(input.limit)
            .set_segment(input.segment)
            .set_total_segments(input.total_segments)
            .set_consistent_read(input.consistent_read)
            .set_select(input.select)
            .set_return_consumed_capacity(input.return_consumed_capacity)
            .customize();
        let (request, slot) = self.reading(request, SCAN);
        self.in_time(request.send()).await.map_err(|error| self.failed(error))?;
        Ok(self.answer(slot.take()))
    }

    fn answer(&self, mut answer: handle::Answer) -> Answer {
        self.add_capacity(answer.capacity());
        Answer { items: answer.rows(), count: answer.count(), scanned: answer.scanned(), next: answer.next(), requests: 1 }
    }
}
