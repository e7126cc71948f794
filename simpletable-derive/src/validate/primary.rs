use syn::{DeriveInput, LitStr};

use super::entity::is_on;
use super::template::{Place, Resolver};
use crate::attr::{Arg, EntityArgs, Parsed};
use crate::diag::Errors;
use crate::model::{Primary, Segment, Template};

/// Whether rows have an id: those that declare no key of their own.
pub(super) fn has_id(args: &EntityArgs) -> bool {
    is_on(args.singleton.as_ref(), false) || args.pk.is_none() && args.sk.is_none()
}

/// Checks `prefix`, `id`, `pk` and `sk`.
pub(super) fn primary(
    input: &DeriveInput,
    table: &Parsed<EntityArgs>,
    name: &str,
    resolver: &mut Resolver<'_>,
    errors: &mut Errors,
) -> Primary {
    let args = &table.args;
    if table.sound {
        if is_on(args.singleton.as_ref(), false) {
            of_one_key(args, errors);
        } else {
            combinations(input, args, errors);
        }
    }
    if is_on(args.singleton.as_ref(), false) {
        return Primary::Singleton;
    }
    if has_id(args) {
        let prefix = prefix(input, args, name, errors);
        return match &args.id {
            None => Primary::Id { prefix },
            Some(id) => Primary::NaturalId { prefix, id: resolver.resolve(&id.value, Place::Primary, errors) },
        };
    }
    let mut template = |arg: &Option<Arg<LitStr>>| match arg {
        Some(arg) => resolver.resolve(&arg.value, Place::Primary, errors),
        None => Template { literal: LitStr::new("", input.ident.span()), segments: Vec::new() },
    };
    let (pk, sk) = (template(&args.pk), template(&args.sk));
    reserved_partition(&pk, errors);
    Primary::Composed { pk, sk }
}

/// The key of a singleton is its name, and nothing else says what it is.
fn of_one_key(args: &EntityArgs, errors: &mut Errors) {
    let others = [(&args.prefix, "prefix"), (&args.id, "id"), (&args.pk, "pk"), (&args.sk, "sk")];
    for (arg, name) in others.iter().filter_map(|(arg, name)| Some((arg.as_ref()?, name))) {
        let message = format!("`{name}` on a singleton: there is one, and its key is its name");
        errors.push(&arg.key, message, format!("drop `{name}`, or `singleton`"));
    }
}

/// What cannot stand together.
fn combinations(input: &DeriveInput, args: &EntityArgs, errors: &mut Errors) {
    let natural = || format!("for a key of one part, use a natural id: `id = \"{}\"`", example(input));
    let composed = args.pk.as_ref().map(|pk| (pk, "pk")).or(args.sk.as_ref().map(|sk| (sk, "sk")));
    let Some((first, key)) = composed else { return };
    if is_on(args.versioned.as_ref(), false) {
        let (at, key) = args.sk.as_ref().map_or((first, key), |sk| (sk, "sk"));
        let message = format!("`{key}` on a versioned entity: its sort key holds the version");
        errors.push(&at.key, message, format!("use a natural id: `id = \"{}\"`", example(input)));
    } else if args.id.is_none() {
        match (&args.pk, &args.sk) {
            (Some(pk), None) => errors.push(&pk.key, "`pk` without `sk` in `#[table(...)]`", format!("add `sk = \"...\"`; {}", natural())),
            (None, Some(sk)) => errors.push(&sk.key, "`sk` without `pk` in `#[table(...)]`", format!("add `pk = \"...\"`; {}", natural())),
            _ => {}
        }
    }
    if let Some(id) = &args.id {
        let message = format!("`id` together with `{key}`: an entity has an id or a composed key");
        errors.push(&id.key, message, "keep `id`, or `pk` and `sk`");
    }
    if let Some(prefix) = &args.prefix {
        let message = "`prefix` beside a composed key, which has none";
        errors.push(&prefix.key, message, "write it into `pk` and `sk`");
    }
}

/// A template of the first field.
fn example(input: &DeriveInput) -> String {
    let first = match &input.data {
        syn::Data::Struct(data) => data.fields.iter().find_map(|field| field.ident.as_ref()),
        _ => None,
    };
    first.map_or_else(|| "<field>".to_owned(), |field| format!("<{}>", syn::ext::IdentExt::unraw(field)))
}

/// The prefix of keys: given, or the type's name.
fn prefix(input: &DeriveInput, args: &EntityArgs, name: &str, errors: &mut Errors) -> String {
    let given = args.prefix.as_ref().map(|prefix| &prefix.value);
    let prefix = given.map_or_else(|| name.to_owned(), LitStr::value);
    let problem = if prefix.is_empty() && given.is_some() {
        Some(("`prefix` cannot be empty", "leave it out for the type's name"))
    } else if prefix.contains('#') {
        Some(("`#` in `prefix`: the first `#` of a key ends it", "use another character, such as `-`"))
    } else if prefix == "SINGLETON" || prefix.starts_with('_') {
        Some(("`prefix` is reserved: the library's own rows begin with `SINGLETON` or `_`", "use another prefix"))
    } else {
        None
    };
    if let Some((message, help)) = problem {
        let message = if given.is_some() { message.to_owned() } else { format!("{message} (`prefix` is the type's name by default)") };
        match (given, &args.name) {
            (Some(literal), _) => errors.push(literal, message, help),
            (None, Some(name)) => errors.push(&name.value, message, "set `prefix = \"...\"`"),
            (None, None) => errors.push(&input.ident, message, "set `#[table(prefix = \"...\")]`"),
        }
    }
    prefix
}

/// A partition key cannot begin as those of the library's own rows do.
fn reserved_partition(pk: &Template, errors: &mut Errors) {
    if let Some(Segment::Literal(literal)) = pk.segments.first()
        && (literal.starts_with("SINGLETON#") || literal.starts_with('_'))
    {
        errors.push(
            &pk.literal,
            "`pk` is reserved: the library's own rows begin with `SINGLETON#` or `_`",
            "begin it with another literal",
        );
    }
}
