use syn::LitStr;

use crate::attr::Arg;
use crate::diag::{Errors, did_you_mean};
use crate::model::{Field, Projection, Storage};

/// What is no field in `projection = "..."`.
const WORDS: [&str; 2] = ["all", "keys_only"];

/// How many attributes an index can include: 20, of which the library may need three (`gsitype`, `version` and the one of the TTL).
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html>
const MOST: usize = 17;

/// Whose fields are listed.
#[derive(Clone, Copy)]
pub(super) struct Declared<'a> {
    pub(super) entity: &'a syn::Ident,
    pub(super) fields: &'a [Field],
    pub(super) storage: Storage,
}

impl<'a> Declared<'a> {
    /// Checks `projection = "..."`.
    pub(super) fn projection(self, arg: Option<&Arg<LitStr>>, errors: &mut Errors) -> Projection {
        let Some(Arg { value: literal, .. }) = arg else { return Projection::All };
        let text = literal.value();
        match text.trim() {
            "all" => return Projection::All,
            "keys_only" => return Projection::KeysOnly,
            "" => errors.push(literal, "`projection` names nothing", "write `projection = \"keys_only\"`, or the fields to hold"),
            list if self.is_compressed_list(list) => {
                let message = "`projection` lists fields of a compressed entity, whose attribute is `data`";
                errors.push(literal, message, "use `projection = \"keys_only\"`, or store attributes with `#[table(compress = false)]`");
            }
            list => return self.list(literal, list, errors),
        }
        Projection::Include(Vec::new())
    }

    /// Whether fields are meant, and not a misspelt word.
    fn is_compressed_list(self, list: &str) -> bool {
        let names_a_field = |name: &str| self.fields.iter().any(|field| field.name() == name);
        self.storage == Storage::Compressed && list.split(',').any(|name| names_a_field(name.trim()))
    }

    fn list(self, literal: &LitStr, list: &str, errors: &mut Errors) -> Projection {
        let mut attributes: Vec<String> = Vec::new();
        for name in list.split(',').map(str::trim) {
            let Some(attribute) = self.attribute(literal, name, errors) else { continue };
            if attributes.contains(attribute) {
                errors.push(literal, format!("`{name}` stands twice in `projection`"), "remove one of them");
            } else {
                attributes.push(attribute.clone());
            }
        }
        if attributes.len() > MOST {
            let message = format!("`projection` lists {} fields: an index includes at most {MOST}", attributes.len());
            errors.push(literal, message, "list fewer, or leave `projection` out: the index then holds all");
        }
        Projection::Include(attributes)
    }

    /// The attribute of a field that an index can hold.
    fn attribute(self, literal: &LitStr, name: &str, errors: &mut Errors) -> Option<&'a String> {
        let Some(field) = self.fields.iter().find(|field| field.name() == name) else {
            let names: Vec<String> = self.fields.iter().map(Field::name).chain(WORDS.map(str::to_owned)).collect();
            let help = did_you_mean(name, "what can stand here are", names.iter().map(String::as_str));
            errors.push(literal, format!("no field named `{name}` on `{}`", self.entity), help);
            return None;
        };
        if field.attribute.is_none() {
            let message = format!("`projection` lists `{name}`, which serde skips, so no index can hold it");
            errors.push(literal, message, format!("remove `{name}` from the list, or `#[serde(skip)]` from `{name}`"));
        }
        field.attribute.as_ref()
    }
}
