use std::future::IntoFuture;

use tracing::Instrument;

use super::create::{id_at, if_free};
use super::get::Reading;
use super::{BoxFuture, Written};
use crate::codec;
use crate::entity::{Birth, Entity, Resource};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::key::Key;

/// How often a resource is looked for and created, while others create and delete it.
const ATTEMPTS: u32 = 10;

/// What becomes of a value, at the key that was looked for.
type Prepare<T> = fn(&Reading<T>, T) -> Result<Written<T>>;

/// Reads a resource, and creates it where there is none; made by [`Table::singleton`](crate::Table::singleton) and
/// [`Repository::get_or_create`](crate::Repository::get_or_create).
#[must_use = "operations do nothing unless they are awaited"]
pub struct GetOrCreate<'f, T> {
    operation: &'static str,
    reading: Reading<T>,
    make: Box<dyn Fn() -> T + Send + 'f>,
    prepare: Prepare<T>,
}

impl<'f, T: Entity> GetOrCreate<'f, T> {
    pub(crate) fn new(handle: Handle, operation: &'static str, key: Key<T>, make: impl Fn() -> T + Send + 'f) -> Self {
        Self { operation, reading: Reading::consistent(handle, key), make: Box::new(make), prepare }
    }
}

/// The rows of the value, which have to be at the key: where fields make the key, the value may have others.
fn prepare<T: Entity>(reading: &Reading<T>, value: T) -> Result<Written<T>> {
    let handle = &reading.handle;
    let key = reading.key()?;
    let birth = Birth { id: id_at(T::DEF, key), time: handle.stamps().next() };
    let new = codec::encode_new(value, birth, handle.limits())?;
    if !new.resource.row().is_at(key) {
        return Err(Error::KeyChanged { entity: T::DEF.name });
    }
    Ok(if_free(handle, T::DEF, new))
}

impl<'f, T: Send + Sync + 'f> IntoFuture for GetOrCreate<'f, T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'f, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.reading.handle.call(self.operation, self.reading.entity());
        let span = call.span.clone();
        let send = async move {
            let mut round = 0;
            let mut refused = None;
            loop {
                if let Some(item) = self.reading.item(&call).await? {
                    return self.reading.decode(&item);
                }
                match refused {
                    // What was just there is gone again, or goes: a deletion is under way.
                    Some(Error::AlreadyExists { .. }) if round < ATTEMPTS => call.pause(round - 1).await,
                    Some(error) => return Err(error),
                    None => {}
                }
                let Written { plan, resource } = (self.prepare)(&self.reading, (self.make)())?;
                round += 1;
                match call.execute(plan).await {
                    Ok(()) => return Ok(resource),
                    // Somebody was faster; or nobody knows, and whatever is there is what was asked for.
                    Err(error @ (Error::AlreadyExists { .. } | Error::Unknown { .. })) => refused = Some(error),
                    Err(error) => return Err(error),
                }
            }
        };
        Box::pin(send.instrument(span))
    }
}
