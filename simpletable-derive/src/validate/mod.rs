//! Every rule that a declaration can break by itself. All mistakes are found at once, and what could be made out is kept: a stub of it
//! stands in for the real thing, so that no error follows from another.

mod declaration;
mod entity;
mod field;
mod finder;
mod gsi;
mod history;
mod names;
mod nested;
mod part;
mod primary;
mod projection;
mod schema;
mod serde;
mod template;
#[cfg(test)]
mod tests;
mod unique;

pub(crate) use entity::entity;
pub(crate) use nested::nested;
pub(crate) use part::part;
pub(crate) use schema::schema;
