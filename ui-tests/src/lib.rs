//! What does not compile, and what the compiler says: one mistake per file in `fail`. What has to compile wherever it stands: `pass`.
