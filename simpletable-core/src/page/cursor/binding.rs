use sha2::{Digest, Sha256};

/// What a cursor belongs to: everything that decides which rows a query reads and in which order, as one hash.
///
/// The same fields in the same order make the same binding, on every machine and in every later version of this crate. Fields cannot run
/// into each other: each is hashed behind its length.
#[derive(Clone)]
#[must_use = "a binding does nothing until a cursor is sealed or opened with it"]
pub(crate) struct Binding(Sha256);

impl Binding {
    /// The binding to a table.
    pub(crate) fn new(table: &str) -> Self {
        Self(Sha256::new_with_prefix("simpletable cursor")).field(table)
    }

    /// Adds a field. One that not every query has needs a field before it that says whether it is there.
    pub(crate) fn field(self, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        Self(self.0.chain_update((value.len() as u64).to_be_bytes()).chain_update(value))
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }
}
