use serde::ser::{self, Impossible, Serialize};

use super::ser::Error;
use crate::error::EncodeProblem;

/// Serializes a map's key, of which DynamoDB has texts only, for the function that it is given to.
pub(super) struct MapKey<F>(pub(super) F);

macro_rules! no_keys {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, _: $type) -> Result<T, Error> {
            Err(refused())
        }
    )*};
}

fn refused() -> Error {
    Error::new(EncodeProblem::MapKey)
}

impl<T, F: FnOnce(&str) -> T> ser::Serializer for MapKey<F> {
    type Ok = T;
    type Error = Error;
    type SerializeSeq = Impossible<T, Error>;
    type SerializeTuple = Impossible<T, Error>;
    type SerializeTupleStruct = Impossible<T, Error>;
    type SerializeTupleVariant = Impossible<T, Error>;
    type SerializeMap = Impossible<T, Error>;
    type SerializeStruct = Impossible<T, Error>;
    type SerializeStructVariant = Impossible<T, Error>;

    no_keys!(serialize_bool: bool, serialize_f32: f32, serialize_f64: f64, serialize_bytes: &[u8]);
    no_keys!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    no_keys!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);
    no_keys!(serialize_unit_struct: &'static str);

    fn serialize_str(self, value: &str) -> Result<T, Error> {
        Ok(self.0(value))
    }

    fn serialize_char(self, value: char) -> Result<T, Error> {
        Ok(self.0(value.encode_utf8(&mut [0; 4])))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<T, Error> {
        Ok(self.0(variant))
    }

    fn serialize_newtype_struct<V: Serialize + ?Sized>(self, _: &'static str, value: &V) -> Result<T, Error> {
        value.serialize(self)
    }

    fn serialize_some<V: Serialize + ?Sized>(self, value: &V) -> Result<T, Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<T, Error> {
        Err(refused())
    }

    fn serialize_unit(self) -> Result<T, Error> {
        Err(refused())
    }

    fn serialize_newtype_variant<V: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &V) -> Result<T, Error> {
        Err(refused())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(refused())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(refused())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(refused())
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeTupleVariant, Error> {
        Err(refused())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(refused())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        Err(refused())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeStructVariant, Error> {
        Err(refused())
    }
}
