/// The option of every write to be made once.
macro_rules! once {
    ($([$($parameters:tt)*] $type:ty),+) => {$(
        impl<$($parameters)*> $type {
            /// Makes the write once, however often it is sent with this key: by this process or another, within 24 hours
            /// ([`idempotency_period`](crate::TableBuilder::idempotency_period)). Every later one is
            /// [`Error::AlreadyApplied`](crate::Error::AlreadyApplied), and writes nothing.
            ///
            /// It is what to do after [`Error::Unknown`](crate::Error::Unknown): the same call, with the same key, either writes or says that
            /// the first one has. The key is the caller's, of 1 to 1,002 bytes: a request's id, say. It holds for the whole table, whatever is
            /// written, so two writes need two keys.
            ///
            /// The key is a row of its own, in one transaction with the write: 2 write units more, and twice the units of a write that is one
            /// request without it. DynamoDB deletes it in time where the table's TTL attribute is enabled.
            pub fn idempotency_key(self, key: impl Into<String>) -> Self {
                Self { once: Some(key.into()), ..self }
            }
        }
    )+};
}

pub(super) use once;
