use syn::DeriveInput;

use super::field::Fields;
use super::projection::Declared;
use super::{declaration, finder, gsi, history, names, primary, serde, template::Resolver, unique};
use crate::attr::{self, Arg, EntityArgs, GsiArgs, SerdeArgs};
use crate::diag::{Errors, did_you_mean};
use crate::model::{Entity, Field, Krate};

/// The type's name in the library's own row of counts, and Python's.
const STATISTICS: &str = "MemoryStats";

/// Checks `#[derive(SingleTable)]` on a struct.
pub(crate) fn entity(input: &DeriveInput, errors: &mut Errors) -> Entity {
    declaration::no_generics(&input.generics, "an entity", errors);
    let table = attr::parse::<EntityArgs>(&input.attrs, errors);
    let serde = SerdeArgs::parse(&input.attrs);
    serde::container(&serde, errors);
    let args = &table.args;
    let name = name(input, args, errors);
    let (history, storage) = history::history(&table, errors);
    let fields = match declaration::fields(input, errors) {
        Some(fields) => {
            let (case, defaulted) = (serde::rename_all(&serde, errors), serde.find("default").is_some());
            Fields { entity: &input.ident, case, defaulted, storage }.check(fields, errors)
        }
        None => Vec::new(),
    };
    let mut resolver = Resolver::new(&input.ident, &fields, primary::has_id(args));
    let primary = primary::primary(input, &table, &name, &mut resolver, errors);
    let declared = Declared { entity: &input.ident, fields: &fields, storage };
    let indexes = gsi::indexes(attr::parse_each::<GsiArgs>(&input.attrs, errors), history, declared, &mut resolver, errors);
    let constraints = unique::unique(&args.unique, &mut resolver, errors);
    unique::name_in_claims(&name, &primary, &constraints, errors);
    let parts = resolver.into_parts();
    let ttl = args.ttl.as_ref().and_then(|ttl| ttl_field(input, ttl, &fields, errors));
    let entity = Entity {
        krate: Krate(args.krate.as_ref().map(|krate| krate.value.clone())),
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        generics: input.generics.clone(),
        name,
        primary,
        history,
        storage,
        ttl,
        type_index: is_on(args.type_index.as_ref(), true),
        count: is_on(args.count.as_ref(), false),
        deny_unknown: is_on(args.deny_unknown.as_ref(), false),
        indexes,
        unique: constraints,
        fields,
        parts,
    };
    if table.sound {
        names::attributes(&entity, errors);
    }
    finder::names(&entity, errors);
    entity
}

/// The value of a switch, or what it is without being written.
pub(super) fn is_on(arg: Option<&Arg<bool>>, default: bool) -> bool {
    arg.map_or(default, |arg| arg.value)
}

/// The type's name in rows.
fn name(input: &DeriveInput, args: &EntityArgs, errors: &mut Errors) -> String {
    let Some(Arg { value: literal, .. }) = &args.name else {
        let name = syn::ext::IdentExt::unraw(&input.ident).to_string();
        if name == STATISTICS {
            let message = format!("the name `{STATISTICS}` is reserved: the row of statistics has it");
            errors.push(&input.ident, message, "set `#[table(name = \"...\")]`");
        }
        return name;
    };
    if literal.value() == STATISTICS {
        errors.push(literal, format!("`name` is reserved: the row of statistics is called `{STATISTICS}`"), "use another name");
    }
    if literal.value().is_empty() {
        errors.push(
            literal,
            "`name` cannot be empty",
            "it tells the rows of one type from those of another; leave it out for the struct's name",
        );
    }
    literal.value()
}

/// The field that `ttl` names.
fn ttl_field(input: &DeriveInput, ttl: &Arg<syn::LitStr>, fields: &[Field], errors: &mut Errors) -> Option<usize> {
    let wanted = ttl.value.value();
    let Some(at) = fields.iter().position(|field| field.name() == wanted) else {
        let names: Vec<String> = fields.iter().map(Field::name).collect();
        let help = did_you_mean(&wanted, "the fields are", names.iter().map(String::as_str));
        errors.push(&ttl.value, format!("no field named `{wanted}` on `{}`", input.ident), help);
        return None;
    };
    if fields[at].attribute.is_none() {
        errors.push(
            &ttl.value,
            format!("`ttl` names `{wanted}`, which serde skips, so a row would forget when it expires"),
            format!("remove `#[serde(skip)]` from `{wanted}`"),
        );
    }
    Some(at)
}
