//! Finders: a function on the entity for each way to a partition, and on what it returns a method for each part of the sort key.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::def::path_text;
use super::{allow, attributes, generated, generated_in, key, key_part};
use crate::case::Case;
use crate::model::{Entity, Finder, Index, KeyForm, METHODS, Primary, Segment, Source, Template, generated_at};

/// All finders of an entity; a stub with parameters has none.
pub(super) fn finders(entity: &Entity) -> TokenStream {
    let finders = if entity.generics.params.is_empty() { entity.finders() } else { Vec::new() };
    let markers = markers(entity, &finders);
    let finders = finders.iter().map(|finder| one(entity, finder));
    quote!(#markers #(#finders)*)
}

/// The names of the parts given so far, as types: what rustc says of a finder is `TaskByOwner<(owner, priority)>`. And those of the fields
/// that make an index key together, and of its finders.
fn markers(entity: &Entity, finders: &[Finder<'_>]) -> Option<TokenStream> {
    let mut names: Vec<Ident> = Vec::new();
    let mut add = |name: Ident| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for part in finders.iter().flat_map(|finder| [Some(finder.pk), finder.sk]).flatten().flat_map(Template::placeholders) {
        add(part.name(entity));
    }
    if entity.generics.params.is_empty() {
        for group in entity.roles().groups.iter().filter(|group| group.fields.len() > 1) {
            group.fields.iter().for_each(|field| add(marker(entity, *field)));
            group.patterns.iter().filter_map(|name| pattern(name)).for_each(&mut add);
        }
    }
    let module = module(entity);
    (!names.is_empty()).then(|| {
        quote! {
            #[doc(hidden)]
            #[allow(non_camel_case_types, reason = "named like the fields")]
            mod #module {
                #(pub enum #names {})*
            }
        }
    })
}

/// The name of a field, as a type.
pub(super) fn marker(entity: &Entity, field: usize) -> Ident {
    let mut name = entity.fields[field].ident.clone();
    name.set_span(generated_at(name.span()));
    name
}

/// The name of the finder of a pattern, as a type; none where it cannot be one.
pub(super) fn pattern(pattern: &str) -> Option<Ident> {
    syn::parse_str(&format!("by_{pattern}")).ok()
}

pub(super) fn module(entity: &Entity) -> Ident {
    let name = entity.ident.unraw().to_string();
    format_ident!("__{}", Case::Snake.variant(&name), span = Span::call_site())
}

fn one(entity: &Entity, finder: &Finder<'_>) -> TokenStream {
    let (allow, attributes, private) = (allow(), attributes(), entity.krate.private(Span::call_site()));
    let (name, ident) = (&entity.ident, &finder.ident);
    let source = match finder.source {
        Source::Table => quote!(TableKey),
        Source::Index(..) => quote!(Index),
    };
    let held = if finder.is_partial() { quote!(KeysOrFetch) } else { quote!(WholeRows) };
    // Not the entity's own name.
    let given = if *name == "Given" { quote!(State) } else { quote!(Given) };
    // Where the pattern is named: rustc points at it when a method does not exist.
    let (span, vis) = (ident.span(), generated_in(ident.span(), &entity.vis));
    let declaration = quote_spanned!(span=> #vis struct #ident<#given>(#private::KeyPrefix<#name, #given>););
    let (doc, function, steps) =
        (format!(" Made by `{name}::{}`, for `table.query(..)`.", finder.function), function(entity, finder), steps(entity, finder));
    quote! {
        #[doc = #doc]
        #[must_use = "a finder does nothing until it is given to `table.query`"]
        #allow
        #declaration
        #attributes
        impl<#given> #private::DerivedFinder for #ident<#given> {
            type Item = #name;
            type Source = #private::#source;
            type Held = #private::#held;
            fn lookup(self) -> ::core::result::Result<#private::Lookup, #private::KeyValueError> {
                self.0.lookup()
            }
        }
        #function
        #(#steps)*
    }
}

/// `Task::by_owner(...)`.
fn function(entity: &Entity, finder: &Finder<'_>) -> TokenStream {
    let (attributes, private, vis, name) = (attributes(), entity.krate.private(Span::call_site()), generated(&entity.vis), &entity.ident);
    let (function, ident, doc) = (&finder.function, &finder.ident, doc(entity, finder));
    let parts = finder.pk.distinct();
    let state = state(entity, &parts);
    let arguments = parts.iter().map(|part| {
        let (argument, value) = (argument(entity, part), into_value(entity, part));
        quote!(#argument: #value)
    });
    let values = parts.iter().map(|part| {
        let (number, value) = (number(entity, part), value(entity, part, &argument(entity, part)));
        quote!((#number, #value))
    });
    let start = match finder.source {
        Source::Table => quote!(of_table(&[#(#values),*])),
        Source::Index(number, _) => {
            let number = Literal::usize_unsuffixed(number);
            quote!(of_index(#number, &[#(#values),*]))
        }
    };
    quote! {
        #attributes
        impl #name {
            #[doc = #doc]
            #vis fn #function(#(#arguments),*) -> #ident<#state> {
                #ident(#private::KeyPrefix::#start)
            }
        }
    }
}

/// One `impl` for each part of the sort key: what can be said of it once the parts before it are given.
fn steps(entity: &Entity, finder: &Finder<'_>) -> Vec<TokenStream> {
    let Some(sk) = finder.sk else { return Vec::new() };
    let mut given = finder.pk.distinct();
    let mut steps = Vec::new();
    for (number, part) in sk.segments.iter().enumerate().filter(|(_, part)| !matches!(part, Segment::Literal(_))) {
        let before = state(entity, &given);
        given.push(part);
        let place = if number + 1 == sk.segments.len() { "Last" } else { "Inner" };
        let step =
            Step { entity, finder: &finder.ident, part, place, before, after: state(entity, &given), at: generated_at(sk.literal.span()) };
        steps.push(step.methods());
    }
    steps
}

/// One part of the sort key.
struct Step<'a> {
    entity: &'a Entity,
    finder: &'a Ident,
    part: &'a Segment,
    /// `Last`, or `Inner`.
    place: &'static str,
    /// What is given before it, and with it.
    before: TokenStream,
    after: TokenStream,
    /// Where the template is.
    at: Span,
}

impl Step<'_> {
    fn methods(&self) -> TokenStream {
        let Self { entity, finder, part, before, .. } = self;
        let (attributes, private, vis) = (attributes(), entity.krate.private(Span::call_site()), generated(&entity.vis));
        let name = part.name(entity).unraw();
        let equality = self.equality(&vis);
        let (range, begins_with) = (Ident::new("range", self.at), Ident::new("begins_with", self.at));
        let ranges = argument_type(entity, part, "KeyRange", Some(self.place));
        let prefixes = argument_type(entity, part, "TextPrefix", None);
        let range_doc = format!(" Only those whose `{name}` is in this range: the last condition.");
        let prefix_doc = format!(" Only those whose `{name}` begins with this text: the last condition.");
        quote! {
            #attributes
            impl #finder<#before> {
                #equality
                #[doc = #range_doc]
                #vis fn #range(self, range: #ranges) -> #finder<#private::Ranged> {
                    #finder(self.0.in_range(range))
                }
                #[doc = #prefix_doc]
                #vis fn #begins_with(self, prefix: #prefixes) -> #finder<#private::Ranged> {
                    #finder(self.0.with_prefix(prefix))
                }
            }
        }
    }

    /// The method named like the part; none in the stub of a mistake that says so.
    fn equality(&self, vis: &TokenStream) -> Option<TokenStream> {
        let Self { entity, finder, part, after, .. } = self;
        let name = part.name(entity);
        let doc = format!(" Only those with this `{}`.", name.unraw());
        let (argument, value) = (into_value(entity, part), value(entity, part, &Ident::new("value", Span::call_site())));
        (!METHODS.contains(&name.unraw().to_string().as_str())).then(|| {
            quote! {
                #[doc = #doc]
                #vis fn #name(self, value: #argument) -> #finder<#after> {
                    #finder(self.0.then(&#value))
                }
            }
        })
    }
}

/// `(__task::owner, __task::priority)`
fn state(entity: &Entity, given: &[&Segment]) -> TokenStream {
    let module = module(entity);
    let parts = given.iter().map(|part| part.name(entity));
    quote!((#(#module::#parts,)*))
}

/// The type of what stands in a placeholder.
fn ty(entity: &Entity, part: &Segment) -> TokenStream {
    let (private, name) = (entity.krate.private(Span::call_site()), &entity.ident);
    match part {
        Segment::Field { part, .. } => entity.part(*part).value.clone(),
        Segment::Id => quote!(#private::Id<#name>),
        _ => quote!(#private::DateTime<#private::Utc>),
    }
}

/// What an argument for it can be.
pub(super) fn into_value(entity: &Entity, part: &Segment) -> TokenStream {
    argument_type(entity, part, "IntoValue", None)
}

/// `impl Trait<Type>` or `impl Trait<Type, At>`, at the type: there rustc points, when an argument is of another one.
fn argument_type(entity: &Entity, part: &Segment, name: &str, at: Option<&str>) -> TokenStream {
    let ty = ty(entity, part);
    let span = ty.span();
    let (private, name) = (entity.krate.private(span), Ident::new(name, span));
    let at = at.map(|at| Ident::new(at, span)).map(|at| quote_spanned!(span=> , #private::#at));
    quote_spanned!(span=> impl #private::#name<#ty #at>)
}

/// The argument as a part of the key.
pub(super) fn value(entity: &Entity, part: &Segment, argument: &Ident) -> TokenStream {
    let (private, ty) = (entity.krate.private(Span::call_site()), ty(entity, part));
    let key_part = key_part(&entity.krate, &ty);
    quote!(#key_part::part(&#private::IntoValue::<#ty>::into_value(#argument)))
}

pub(super) fn argument(entity: &Entity, part: &Segment) -> Ident {
    match part {
        Segment::Field { part, .. } => key::argument(entity, *part),
        system => system.name(entity),
    }
}

/// The number of the part, as core asks for it.
pub(super) fn number(entity: &Entity, part: &Segment) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    match part {
        Segment::Field { part, .. } => Literal::usize_unsuffixed(*part).into_token_stream(),
        Segment::Id => quote!(#private::ID_PART),
        Segment::CreatedAt => quote!(#private::CREATED_AT_PART),
        _ => quote!(#private::UPDATED_AT_PART),
    }
}

/// What a finder finds, and the chain of its methods: editors show nothing else of it.
fn doc(entity: &Entity, finder: &Finder<'_>) -> String {
    let names: Vec<String> = finder.pk.distinct().iter().map(|part| format!("`{}`", part.name(entity).unraw())).collect();
    let by = if names.is_empty() { String::new() } else { format!(" by {}", names.join(", ")) };
    let place = match finder.source {
        Source::Table => "in one partition of the table".to_owned(),
        Source::Index(_, index) => format!("in the index `{}`", index.index),
    };
    let (name, pk, order) = (&entity.ident, finder.pk.literal.value(), order(entity, finder));
    let parts = finder.sk.into_iter().flat_map(Template::placeholders);
    let chain: Vec<String> = parts.map(|part| format!("`.{}({})`", part.name(entity), type_name(entity, part))).collect();
    let chain = match chain.len() {
        0 => String::new(),
        1 => format!("\n\n Then {}, or one `.range(..)`, or on text `.begins_with(..)`, of it.", chain[0]),
        _ => {
            let chain = chain.join(", ");
            format!("\n\n Then, in this order, {chain}; after any of them one `.range(..)`, or on text `.begins_with(..)`, of the next.")
        }
    };
    let reading = if finder.is_partial() {
        "\n\n The index holds only a part of its rows: `table.query(..)` gives `.keys()`, or by `.fetch()` the resources."
    } else {
        ""
    };
    format!(" Finds each `{name}`{by}, {place}: `{pk}`, {order}.{chain}{reading}")
}

/// How the rows are sorted.
fn order(entity: &Entity, finder: &Finder<'_>) -> String {
    match (&finder.source, finder.sk) {
        (_, Some(sk)) => format!("sorted by `{}`", sk.literal.value()),
        (Source::Index(_, Index { sk: Some(KeyForm::Computed(path)), .. }), None) => format!("sorted by what `{}` makes", path_text(path)),
        _ if matches!(entity.primary, Primary::Id { .. }) => "in the order of creation".to_owned(),
        _ => "sorted by the table's `pk`".to_owned(),
    }
}

/// The type as documentation shows it.
fn type_name(entity: &Entity, part: &Segment) -> String {
    match part {
        Segment::Field { part, .. } => entity.part(*part).value.to_string().replace(' ', ""),
        Segment::Id => format!("Id<{}>", entity.ident),
        _ => "DateTime<Utc>".to_owned(),
    }
}
