use syn::{Attribute, ExprPath, LitStr};

use super::names;
use super::projection::Declared;
use super::template::{Place, Resolver};
use crate::attr::{Arg, GsiArgs, Parsed};
use crate::diag::Errors;
use crate::model::{History, Index, KeyForm};

/// Checks every `#[gsi(...)]`, alone and against one another.
pub(super) fn indexes(
    patterns: Vec<(Attribute, Parsed<GsiArgs>)>,
    history: History,
    declared: Declared<'_>,
    resolver: &mut Resolver<'_>,
    errors: &mut Errors,
) -> Vec<Index> {
    let mut indexes: Vec<Index> = Vec::new();
    for (attr, parsed) in patterns.into_iter().filter(|(_, parsed)| parsed.sound) {
        let args = parsed.args;
        let Some(index) = one(&attr, &args, declared, resolver, errors) else { continue };
        against_earlier(&args, &index, &indexes, errors);
        own_attributes(&args, &index, history, errors);
        indexes.push(index);
    }
    indexes
}

fn one(attr: &Attribute, args: &GsiArgs, declared: Declared<'_>, resolver: &mut Resolver<'_>, errors: &mut Errors) -> Option<Index> {
    if args.name.is_none() {
        errors.push(attr.path(), "missing `name` in `#[gsi(...)]`", "add `name = \"status\"`: it names the access pattern");
    }
    let pk = key_form("pk", &args.pk, &args.pk_with, resolver, errors);
    let sk = key_form("sk", &args.sk, &args.sk_with, resolver, errors);
    if pk.is_none() {
        let field = args.name.as_ref().map_or_else(|| "status".to_owned(), |name| name.value.value());
        errors.push(attr.path(), "missing `pk` in `#[gsi(...)]`", format!("add `pk = \"{field}#<{field}>\"`"));
    }
    if let Some(sk_attr) = args.sk_attr.as_ref().filter(|_| sk.is_none()) {
        let message = "`sk_attr` without `sk`: without one, the index ranges on the table's `pk`";
        errors.push(&sk_attr.key, message, "add `sk = \"...\"`, or remove `sk_attr`");
    }
    let projection = declared.projection(args.projection.as_ref(), errors);
    let name = &args.name.as_ref()?.value;
    pattern_name(name, errors);
    let index = args.index.as_ref().map_or(name, |index| &index.value);
    index_name(index, errors);
    let stem = stem(&index.value());
    let attribute =
        |given: &Option<Arg<LitStr>>, suffix: &str| given.as_ref().map_or_else(|| format!("{stem}{suffix}"), |given| given.value.value());
    Some(Index {
        pattern: name.value(),
        named_at: name.clone(),
        index: index.value(),
        pk_attribute: attribute(&args.pk_attr, "pk"),
        sk_attribute: sk.is_some().then(|| attribute(&args.sk_attr, "sk")),
        pk: pk?,
        sk,
        projection,
    })
}

/// What the attributes of an index are named after.
fn stem(index: &str) -> String {
    index.to_lowercase().replace(['-', '_'], "")
}

/// `pk` or `pk_with`; `sk` or `sk_with`.
fn key_form(
    key: &str,
    template: &Option<Arg<LitStr>>,
    with: &Option<Arg<ExprPath>>,
    resolver: &mut Resolver<'_>,
    errors: &mut Errors,
) -> Option<KeyForm> {
    if let (Some(_), Some(with)) = (template, with) {
        let message = format!("`{key}` together with `{key}_with`: one of them makes the key");
        errors.push(&with.key, message, format!("keep `{key} = \"...\"` or `{key}_with = path`"));
    }
    match (template, with) {
        (Some(template), _) => Some(KeyForm::Template(resolver.resolve(&template.value, Place::Index, errors))),
        (None, Some(with)) => Some(KeyForm::Computed(with.value.clone())),
        (None, None) => None,
    }
}

/// The name becomes a part of function names.
fn pattern_name(name: &LitStr, errors: &mut Errors) {
    if !is_part_of_a_name(&name.value()) {
        let fixed = name.value().replace(|letter: char| !letter.is_alphanumeric(), "_");
        let help = if fixed.is_empty() {
            "write `name = \"status\"`".to_owned()
        } else {
            format!("write `name = \"{fixed}\"`, and name the index with `index = \"...\"`")
        };
        errors.push(name, format!("`{}` cannot be part of a function's name", name.value()), help);
    }
}

/// Whether `by_{name}` is an identifier.
pub(super) fn is_part_of_a_name(name: &str) -> bool {
    !name.is_empty() && syn::parse_str::<syn::Ident>(&format!("by_{name}")).is_ok()
}

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
fn index_name(index: &LitStr, errors: &mut Errors) {
    let name = index.value();
    let valid = (3..=255).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    if !valid {
        errors.push(
            index,
            format!("`{name}` is no name of an index"),
            "use 3 to 255 of a-z A-Z 0-9 _ . -; `index = \"...\"` names it apart from the pattern",
        );
    } else if name == "gsitype" {
        errors.push(index, "`gsitype` is the index of types, which the library writes itself", "use another index");
    }
}

/// Patterns of one entity have names and physical indexes of their own.
fn against_earlier(args: &GsiArgs, index: &Index, earlier: &[Index], errors: &mut Errors) {
    let name = args.name.as_ref().map(|name| &name.value);
    if earlier.iter().any(|other| other.pattern == index.pattern) {
        errors.push(name, format!("two patterns are named `{}`", index.pattern), "give one of them another `name`");
    }
    let at = args.index.as_ref().map(|index| &index.value).or(name);
    if let Some(other) = earlier.iter().find(|other| other.index == index.index && other.pattern != index.pattern) {
        let message = format!(
            "the patterns `{}` and `{}` are on one index, `{}`, where a row has one key",
            other.pattern, index.pattern, index.index
        );
        errors.push(at, message, "give one of them another `index`");
        return;
    }
    if let Some(other) = earlier.iter().find(|other| other.index != index.index && stem(&other.index) == stem(&index.index)) {
        let message = format!("the index names `{}` and `{}` differ only in case, `-` and `_`", other.index, index.index);
        errors.push(at, message, "use one name for one index, and names that differ more for two");
        return;
    }
    let writers = earlier.iter().filter(|other| other.index != index.index);
    let shared = writers
        .flat_map(|other| attributes(other).map(move |attribute| (other, attribute)))
        .find(|(_, theirs)| attributes(index).any(|ours| ours == *theirs));
    if let Some((other, attribute)) = shared {
        let message = format!("the patterns `{}` and `{}` write one attribute, `{attribute}`", other.pattern, index.pattern);
        let at = at_attribute(args, index, attribute).or(at);
        errors.push(at, message, "give one of them other attributes with `pk_attr` and `sk_attr`");
    }
}

/// The attributes of an index are its own.
fn own_attributes(args: &GsiArgs, index: &Index, history: History, errors: &mut Errors) {
    let default = args.index.as_ref().or(args.name.as_ref()).map(|arg| &arg.value);
    if index.sk_attribute.as_ref() == Some(&index.pk_attribute) {
        let message = format!("both keys of the index are one attribute, `{}`", index.pk_attribute);
        errors.push(at_attribute(args, index, &index.pk_attribute).or(default), message, "give them different `pk_attr` and `sk_attr`");
    }
    for attribute in attributes(index) {
        let at = at_attribute(args, index, attribute).or(default);
        if !(1..=255).contains(&attribute.len()) {
            errors.push(at, "a key attribute needs a name of 1 to 255 bytes", "write `pk_attr = \"gsi1pk\"`");
        } else if index.index != "gsitype" && names::is_system(attribute, history) {
            let message = format!("the attribute `{attribute}` of the index is one that the library uses itself");
            errors.push(at, message, "use another `index`, or other attributes with `pk_attr` and `sk_attr`");
        }
    }
}

/// The attributes that a pattern writes.
pub(super) fn attributes(index: &Index) -> impl Iterator<Item = &str> {
    [Some(index.pk_attribute.as_str()), index.sk_attribute.as_deref()].into_iter().flatten()
}

/// Where the attribute was named, if it was.
fn at_attribute<'a>(args: &'a GsiArgs, index: &Index, attribute: &str) -> Option<&'a LitStr> {
    let named = if index.sk_attribute.as_deref() == Some(attribute) { &args.sk_attr } else { &args.pk_attr };
    named.as_ref().map(|arg| &arg.value)
}
