use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{ExprPath, LitStr};

use super::{key_part, option};
use crate::model::{Entity, Field, Fold, History, Index, KeyForm, Primary, Projection, Segment, Storage, Template, Unique};

/// The declaration as data.
pub(super) fn def(entity: &Entity) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let Entity { name, type_index, count, deny_unknown, .. } = entity;
    let primary = primary(entity);
    let (versioned, max_versions) = match entity.history {
        History::Dropped => (false, None),
        History::Kept { max_versions } => (true, max_versions.map(Literal::u64_unsuffixed)),
    };
    let max_versions = option(max_versions);
    let compress = entity.storage == Storage::Compressed;
    let ttl = option(entity.ttl.and_then(|field| entity.fields[field].attribute.as_ref()));
    let mut computed = 0;
    let indexes: Vec<_> = entity.indexes.iter().map(|declared| index(entity, declared, &mut computed)).collect();
    let constraints = entity.unique.iter().map(|declared| unique(entity, declared));
    let fields = fields(entity);
    quote! {
        &#private::EntityDef {
            name: #name,
            primary: #primary,
            versioned: #versioned,
            max_versions: #max_versions,
            compress: #compress,
            ttl: #ttl,
            type_index: #type_index,
            count: #count,
            deny_unknown: #deny_unknown,
            indexes: &[#(#indexes),*],
            unique: &[#(#constraints),*],
            fields: &#fields,
        }
    }
}

fn primary(entity: &Entity) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    match &entity.primary {
        Primary::Id { prefix } => quote!(#private::PrimaryKey::Id { prefix: #prefix }),
        Primary::NaturalId { prefix, id } => {
            let id = template(entity, id);
            quote!(#private::PrimaryKey::NaturalId { prefix: #prefix, id: #id })
        }
        Primary::Singleton => quote!(#private::PrimaryKey::Singleton),
        Primary::Composed { pk, sk } => {
            let (pk, sk) = (template(entity, pk), template(entity, sk));
            quote!(#private::PrimaryKey::Composed { pk: #pk, sk: #sk })
        }
    }
}

fn unique(entity: &Entity, unique: &Unique) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let (name, value) = (&unique.name, template(entity, &unique.value));
    let fold = match unique.fold {
        Fold::Exact => quote!(Exact),
        Fold::Lower => quote!(Lower),
    };
    quote!(#private::UniqueDef { name: #name, value: #value, fold: #private::Fold::#fold })
}

/// `computed` counts the functions of the user's, as `Entity::computed` is asked for them.
fn index(entity: &Entity, index: &Index, computed: &mut usize) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let Index { pattern, index, pk_attribute, sk_attribute, pk, sk, projection, .. } = index;
    let sk_attribute = option(sk_attribute.as_ref());
    let pk = key_form(entity, pk, computed);
    let sk = option(sk.as_ref().map(|sk| key_form(entity, sk, computed)));
    let projection = match projection {
        Projection::All => quote!(All),
        Projection::KeysOnly => quote!(KeysOnly),
        Projection::Include(attributes) => quote!(Include(&[#(#attributes),*])),
    };
    quote! {
        #private::IndexDef {
            pattern: #pattern,
            index: #index,
            pk_attribute: #pk_attribute,
            sk_attribute: #sk_attribute,
            pk: #pk,
            sk: #sk,
            projection: #private::Projection::#projection,
        }
    }
}

fn key_form(entity: &Entity, form: &KeyForm, computed: &mut usize) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    match form {
        KeyForm::Template(declared) => {
            let template = template(entity, declared);
            quote!(#private::KeyForm::Template(#template))
        }
        KeyForm::Computed(path) => {
            let (text, number) = (path_text(path), Literal::usize_unsuffixed(*computed));
            *computed += 1;
            quote!(#private::KeyForm::Computed { path: #text, index: #number })
        }
    }
}

/// The path as the user would write it.
pub(super) fn path_text(path: &ExprPath) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

fn template(entity: &Entity, template: &Template) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let text = template.literal.value();
    let segments = template.segments.iter().map(|declared| segment(entity, declared));
    quote!(#private::Template { text: #text, segments: &[#(#segments),*] })
}

fn segment(entity: &Entity, segment: &Segment) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    match segment {
        Segment::Literal(text) => quote!(#private::Segment::Literal(#text)),
        Segment::Field { part, width } => {
            let field = entity.part(*part);
            let (name, key_part) = (field.name(), key_part(&entity.krate, &field.value));
            let (part, width) = (Literal::usize_unsuffixed(*part), option(width.map(Literal::u8_unsuffixed)));
            quote!(#private::Segment::Field { name: #name, part: #part, width: #width, shape: #key_part::SHAPE })
        }
        Segment::Id => quote!(#private::Segment::Id),
        Segment::CreatedAt => quote!(#private::Segment::CreatedAt),
        Segment::UpdatedAt => quote!(#private::Segment::UpdatedAt),
    }
}

/// Most entities have plain fields only; then it is the names alone, which the compiler has less to do with.
fn fields(entity: &Entity) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let is_plain = |field: &Field| field.aliases.is_empty() && !field.set;
    if entity.fields.iter().all(is_plain) {
        let names = entity.fields.iter().filter_map(|field| field.attribute.as_ref());
        return quote!(#private::FieldDef::plain([#(#names),*]));
    }
    let fields = entity.fields.iter().filter_map(|declared| field(&private, declared));
    quote!([#(#fields),*])
}

fn field(private: &TokenStream, field: &Field) -> Option<TokenStream> {
    let attribute = field.attribute.as_ref()?;
    let aliases = field.aliases.iter().map(LitStr::value);
    let set = field.set;
    Some(quote!(#private::FieldDef { attribute: #attribute, aliases: &[#(#aliases),*], set: #set }))
}
