use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use super::SEALED;

const NONCE_BYTES: usize = 24;

/// The keys of a table's cursors: the first seals, all open. Without any, cursors are plain.
#[derive(Default)]
pub(crate) struct CursorKeys(Vec<CursorKey>);

/// It has no `Debug`.
pub(super) struct CursorKey {
    id: u8,
    secret: [u8; 32],
}

impl CursorKeys {
    /// Adds a key. Several may have the same id.
    pub(crate) fn push(&mut self, id: u8, secret: [u8; 32]) {
        self.0.push(CursorKey { id, secret });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn sealing(&self) -> Option<&CursorKey> {
        self.0.first()
    }

    /// What was sealed, by any of the keys, from what stands behind the form.
    pub(super) fn open(&self, binding: &[u8; 32], sealed: &[u8]) -> Option<Vec<u8>> {
        let (&id, sealed) = sealed.split_first()?;
        let (nonce, sealed) = sealed.split_first_chunk()?;
        self.0.iter().filter(|key| key.id == id).find_map(|key| key.open(binding, nonce, sealed))
    }
}

impl CursorKey {
    /// All bytes of a cursor.
    pub(super) fn seal(&self, binding: &[u8; 32], position: &[u8]) -> Vec<u8> {
        let nonce = self.nonce(binding, position);
        let payload = Payload { msg: position, aad: &self.aad(binding) };
        let Ok(sealed) = self.cipher().encrypt(&XNonce::from(nonce), payload) else {
            unreachable!("only messages of 256 GB and more are refused");
        };
        [&[SEALED, self.id], &nonce[..], &sealed].concat()
    }

    fn open(&self, binding: &[u8; 32], nonce: &[u8; NONCE_BYTES], sealed: &[u8]) -> Option<Vec<u8>> {
        self.cipher().decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &self.aad(binding) }).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.secret))
    }

    /// What is authenticated beside the position: all that stands before the nonce, and what the cursor belongs to.
    fn aad(&self, binding: &[u8; 32]) -> Vec<u8> {
        [&[SEALED, self.id], &binding[..]].concat()
    }

    /// A new nonce. It depends on the message too, so that where the system has no randomness to give, none comes twice with different
    /// messages.
    fn nonce(&self, binding: &[u8; 32], position: &[u8]) -> [u8; NONCE_BYTES] {
        let mut random = [0; 32];
        // Without randomness, equal cursors are equal texts, and nothing worse.
        let _ = getrandom::fill(&mut random);
        let hash = Sha256::new().chain_update(self.secret).chain_update(random).chain_update(binding).chain_update(position).finalize();
        std::array::from_fn(|at| hash[at])
    }
}
