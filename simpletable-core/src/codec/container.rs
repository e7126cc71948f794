use std::ops::Range;

use serde::ser::{self, Serialize};
use smallvec::SmallVec;

use super::map_key::MapKey;
use super::path::Path;
use super::ser::{Answer, Error, Form, NAME_BYTES, Root, Value, Written};
use super::set::set_text;
use crate::error::EncodeProblem;
use crate::json::write_name;

pub(crate) struct List<'a> {
    pub(super) out: &'a mut String,
    pub(super) form: Form,
    pub(super) depth: usize,
    pub(super) length: usize,
    pub(super) in_variant: bool,
}

impl List<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let begin = self.out.len();
        if self.length > 0 {
            self.out.push(',');
        }
        let inner = Value { out: self.out, form: self.form, depth: self.depth, root: None };
        match value.serialize(inner) {
            Ok(Written::Nothing) => self.form.null(self.out),
            Ok(_) => {}
            // Who serializes may go on without the element.
            Err(error) => {
                self.out.truncate(begin);
                return Err(error.at_index(self.length));
            }
        }
        self.length += 1;
        Ok(())
    }

    fn finish(self) -> Answer {
        self.out.push(']');
        self.form.close(self.out);
        if self.in_variant {
            self.form.close_variant(self.out);
        }
        Ok(Written::Value)
    }
}

macro_rules! lists {
    ($($of:ident . $method:ident),*) => {$(
        impl ser::$of for List<'_> {
            type Ok = Written;
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.push(value)
            }
            fn end(self) -> Answer {
                self.finish()
            }
        }
    )*};
}

lists!(
    SerializeSeq.serialize_element,
    SerializeTuple.serialize_element,
    SerializeTupleStruct.serialize_field,
    SerializeTupleVariant.serialize_field
);

impl Root {
    /// Makes a set of the list that was written last, if its field is one; `name_at` is where its name is.
    fn make_set(&mut self, out: &mut String, name: &str, name_at: Range<usize>) -> Result<(), EncodeProblem> {
        let Some(field) = self.fields.iter().find(|field| field.set && field.attribute == name) else { return Ok(()) };
        match set_text(&out[name_at.end..])? {
            Some(set) => {
                out.replace_range(name_at.end.., &set);
                self.sets.push((field.attribute, name_at.end..out.len()));
            }
            None => out.truncate(name_at.start),
        }
        Ok(())
    }

    /// Text before the sets that lie behind it, and in the place of those that lie in it, is gone.
    fn removed(&mut self, gone: &Range<usize>) {
        self.sets.retain(|(_, place)| !gone.contains(&place.start));
        for (_, place) in self.sets.iter_mut().filter(|(_, place)| place.start >= gone.end) {
            *place = place.start - gone.len()..place.end - gone.len();
        }
    }
}

pub(crate) struct Map<'a> {
    pub(super) out: &'a mut String,
    pub(super) form: Form,
    pub(super) depth: usize,
    /// Where this is the entity itself, whose `None`s are absent unless the form is JSON.
    pub(super) root: Option<&'a mut Root>,
    /// Where the entries of a map begin, and their keys, with the quotes, end.
    pub(super) entries: SmallVec<[(usize, usize); 8]>,
    pub(super) in_variant: bool,
}

impl Map<'_> {
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        let begin = self.out.len();
        write_name(self.out, name);
        let at = self.out.len();
        self.member(name, begin..at, value).map_err(|error| error.in_field(name))
    }

    /// Writes what belongs to the name that is written at `name_at`. What is refused leaves nothing: who serializes may go on without it.
    fn member<T: Serialize + ?Sized>(&mut self, name: &str, name_at: Range<usize>, value: &T) -> Result<(), Error> {
        let begin = name_at.start;
        let written = self.check_name(name.len()).and_then(|()| self.value(begin, value)).and_then(|()| match &mut self.root {
            Some(root) if self.form == Form::Attributes && self.out.len() > begin => {
                root.make_set(self.out, name, name_at).map_err(Error::new)
            }
            _ => Ok(()),
        });
        if written.is_err() {
            self.out.truncate(begin);
        }
        written
    }

    fn check_name(&self, bytes: usize) -> Result<(), Error> {
        match self.form {
            Form::Attributes if !(1..=NAME_BYTES).contains(&bytes) => Err(Error::new(EncodeProblem::MapKey)),
            _ => Ok(()),
        }
    }

    /// Writes what belongs to the name that is written; `begin` is where the name begins.
    fn value<T: Serialize + ?Sized>(&mut self, begin: usize, value: &T) -> Result<(), Error> {
        let inner = Value { out: self.out, form: self.form, depth: self.depth, root: None };
        if value.serialize(inner)? == Written::Nothing {
            if self.root.is_some() && self.form == Form::Attributes {
                self.out.truncate(begin);
            } else {
                self.form.null(self.out);
            }
        }
        Ok(())
    }

    /// Keeps the last of the entries that have one key: serde writes a key twice where a flattened map holds that of a field.
    fn keep_last(&mut self) {
        let key = |(begin, end): (usize, usize)| self.out[begin..end].trim_start_matches(',');
        // Most maps are sorted.
        if self.entries.windows(2).all(|pair| key(pair[0]) < key(pair[1])) {
            return;
        }
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|entry| key(self.entries[*entry]));
        let mut twice: Vec<usize> =
            order.windows(2).filter(|pair| key(self.entries[pair[0]]) == key(self.entries[pair[1]])).map(|pair| pair[0]).collect();
        twice.sort_unstable();
        for entry in twice.into_iter().rev() {
            let end = self.entries.get(entry + 1).map_or(self.out.len(), |(begin, _)| *begin);
            self.remove(self.entries[entry].0..end);
        }
        let begin = self.entries[0].0;
        if self.out[..begin].ends_with('{') && self.out[begin..].starts_with(',') {
            self.remove(begin..begin + 1);
        }
    }

    fn remove(&mut self, gone: Range<usize>) {
        if let Some(root) = &mut self.root {
            root.removed(&gone);
        }
        self.out.replace_range(gone, "");
    }

    fn finish(self) -> Answer {
        if self.root.is_some() {
            return Ok(Written::Fields);
        }
        self.out.push('}');
        self.form.close(self.out);
        if self.in_variant {
            self.form.close_variant(self.out);
        }
        Ok(Written::Value)
    }
}

impl ser::SerializeMap for Map<'_> {
    type Ok = Written;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        let begin = self.out.len();
        let bytes = key.serialize(MapKey(|key: &str| {
            write_name(self.out, key);
            key.len()
        }));
        if let Err(error) = bytes.and_then(|bytes| self.check_name(bytes)) {
            self.out.truncate(begin);
            return Err(error.inside(Path::Key));
        }
        self.entries.push((begin, self.out.len() - 1));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let (begin, end) = *self.entries.last().ok_or_else(|| Error::new(EncodeProblem::Custom))?;
        // Only an entity has fields that are sets, and their names need no escapes.
        let name = self.root.is_some().then(|| self.out[begin..end].trim_matches([',', '"']).to_owned());
        let written = self.member(name.as_deref().unwrap_or("*"), begin..end + 1, value).map_err(|error| error.inside(Path::Key));
        if self.out.len() == begin {
            self.entries.pop();
        }
        written
    }

    fn end(mut self) -> Answer {
        self.keep_last();
        self.finish()
    }
}

macro_rules! structs {
    ($($of:ident),*) => {$(
        impl ser::$of for Map<'_> {
            type Ok = Written;
            type Error = Error;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.field(name, value)
            }
            fn end(self) -> Answer {
                self.finish()
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);
