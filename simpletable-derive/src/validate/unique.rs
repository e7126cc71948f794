use syn::LitStr;

use super::gsi::is_part_of_a_name;
use super::template::{Place, Resolver};
use crate::attr::{self, Arg, List, UniqueArgs};
use crate::diag::Errors;
use crate::model::{Fold, Primary, Segment, Template, Unique};

/// Checks every `unique(...)`, alone and against one another.
pub(super) fn unique(lists: &[List], resolver: &mut Resolver<'_>, errors: &mut Errors) -> Vec<Unique> {
    let mut constraints: Vec<Unique> = Vec::new();
    for list in lists {
        let parsed = attr::parse_list::<UniqueArgs>(list, errors);
        if !parsed.sound {
            continue;
        }
        let Some(constraint) = one(list, &parsed.args, resolver, errors) else { continue };
        if constraints.iter().any(|earlier| earlier.name == constraint.name) {
            let message = format!("two constraints are named `{}`", constraint.name);
            errors.push(&constraint.named_at, message, "give one of them another `name`");
            continue;
        }
        constraints.push(constraint);
    }
    constraints
}

fn one(list: &List, args: &UniqueArgs, resolver: &mut Resolver<'_>, errors: &mut Errors) -> Option<Unique> {
    if args.name.is_none() {
        let help = "add `name = \"email\"`: it names the constraint, and its finder `find_by_email`";
        errors.push(&list.0.path, "missing `name` in `unique(...)`", help);
    }
    if args.value.is_none() {
        let field = args.name.as_ref().map_or_else(|| "email".to_owned(), |name| name.value.value());
        errors.push(&list.0.path, "missing `value` in `unique(...)`", format!("add `value = \"<{field}>\"`: what no two resources share"));
    }
    let fold = fold(args.fold.as_ref(), errors);
    let value = args.value.as_ref().map(|value| resolver.resolve(&value.value, Place::Unique, errors));
    if let Some(value) = &value {
        of_fields(value, errors);
    }
    let name = &args.name.as_ref()?.value;
    constraint_name(name, errors);
    Some(Unique { name: name.value(), named_at: name.clone(), value: value?, fold })
}

/// The name becomes a part of a function's name, and of the keys of claims.
fn constraint_name(name: &LitStr, errors: &mut Errors) {
    if !is_part_of_a_name(&name.value()) {
        let fixed = name.value().replace(|letter: char| !letter.is_alphanumeric(), "_");
        let fixed = if fixed.is_empty() { "email" } else { fixed.as_str() };
        let help = format!("write `name = \"{fixed}\"`");
        errors.push(name, format!("`{}` cannot be part of a function's name", name.value()), help);
    }
}

fn fold(fold: Option<&Arg<LitStr>>, errors: &mut Errors) -> Fold {
    let Some(Arg { value: literal, .. }) = fold else { return Fold::Exact };
    if literal.value() != "lower" {
        let message = format!("`{}` is no folding of values", literal.value());
        errors.push(literal, message, "write `fold = \"lower\"`, which takes upper and lower case for the same, or leave it out");
    }
    Fold::Lower
}

/// A value without a field is the same for all.
fn of_fields(value: &Template, errors: &mut Errors) {
    // What could not be parsed or resolved has been reported.
    let said = value.literal.value().contains('<') || value.segments.is_empty();
    if !said && value.segments.iter().all(|segment| matches!(segment, Segment::Literal(_))) {
        let message = "a unique value without a field: there could be one resource only";
        errors.push(&value.literal, message, "write a template of fields, such as `<email>`");
    }
}

/// The keys of claims hold the prefix of the entity, where there is one, else its name: `#` ends it.
pub(super) fn name_in_claims(name: &str, primary: &Primary, constraints: &[Unique], errors: &mut Errors) {
    let Some(constraint) = constraints.first() else { return };
    if matches!(primary, Primary::Composed { .. }) && name.contains('#') {
        let message =
            format!("`#` in the name `{name}` of an entity with unique values: the first `#` ends it in the keys of their claims");
        errors.push(&constraint.named_at, message, "use another character in `name = \"...\"`, such as `-`");
    }
}
