//! Time and ids, both injectable.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use ulid::{Generator, Ulid};

use crate::time;

/// Where a table takes the time from; see [`TableBuilder::clock`](crate::TableBuilder::clock).
///
/// It may stand still or go back: what a table writes never carries the same time twice, and an update is always later than the state that
/// it was made from.
///
/// # Examples
/// ```
/// # use simpletable::{Clock};
/// # use chrono::{DateTime, TimeDelta, Utc};
/// struct Late;
///
/// impl Clock for Late {
///     fn now(&self) -> DateTime<Utc> {
///         Utc::now() - TimeDelta::days(1)
///     }
/// }
/// # assert!(Late.now() < Utc::now());
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// The system's clock.
#[derive(Debug)]
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still until it is told otherwise, for tests.
///
/// Clones show the same time: keep one in the test, and give one to the table.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SettableClock, SingleTable, Table};
/// # use chrono::{TimeDelta, Utc};
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(ttl = "valid_seconds")]
/// struct Session {
///     user: String,
///     valid_seconds: u32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// let clock = SettableClock::new(Utc::now());
/// let table = Table::builder::<Session>("app").in_memory().clock(clock.clone()).build().await?;
/// let session = table.create(Session { user: "ann".into(), valid_seconds: 60 }).await?;
///
/// clock.advance(TimeDelta::seconds(59));
/// assert!(table.get(session.id()).await?.is_some());
/// clock.advance(TimeDelta::seconds(1));
/// assert!(table.get(session.id()).await?.is_none());
/// # Ok(()) }
/// ```
#[cfg(feature = "test-util")]
#[derive(Debug, Clone)]
pub struct SettableClock(Arc<Mutex<DateTime<Utc>>>);

#[cfg(feature = "test-util")]
impl SettableClock {
    /// A clock that shows `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets it, forward or back.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves it forward.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

#[cfg(feature = "test-util")]
impl Clock for SettableClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The stamps that writes carry: times in microseconds of which no two are the same, and ids that ascend.
pub(crate) struct Stamps {
    clock: Box<dyn Clock>,
    state: Mutex<State>,
    /// How often a row was found ahead of the clock, from anywhere on.
    ahead: AtomicU32,
}

/// What stamps are counted in.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// How many microseconds a write may be later than it has to be.
const SPREAD: u32 = 1_000;

struct State {
    /// The first and the last of the times given out so far, however the clock went.
    given: Option<(DateTime<Utc>, DateTime<Utc>)>,
    ids: Generator,
}

impl Stamps {
    /// The process's own: ids ascend over all tables of it.
    pub(crate) fn system() -> Arc<Self> {
        static SYSTEM: LazyLock<Arc<Stamps>> = LazyLock::new(|| Arc::new(Stamps::new(SystemClock)));
        Arc::clone(&SYSTEM)
    }

    pub(crate) fn new(clock: impl Clock) -> Self {
        let state = Mutex::new(State { given: None, ids: Generator::new() });
        Self { clock: Box::new(clock), state, ahead: AtomicU32::new(fastrand::u32(..SPREAD)) }
    }

    /// The time now.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        time::to_micros(self.clock.now())
    }

    /// A time for a write: now, or the microseconds after it while the clock stands still. Two writes never carry the same one, so
    /// that none can pass for the other when an answer is lost, or for the one that was there before a deletion.
    pub(crate) fn next(&self) -> DateTime<Utc> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).next(self.now())
    }

    /// A time after `last`, whatever the clock says.
    ///
    /// Where the clock is behind the row, every writer is, in every process whose clock is right. Each takes a microsecond of its own, or
    /// two equal edits of one state would be equal rows, and either could pass for the other when its answer is lost.
    pub(crate) fn next_after(&self, last: DateTime<Utc>) -> DateTime<Utc> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let next = state.next(self.now());
        if next > last {
            return next;
        }
        let later = self.ahead.fetch_add(1, Ordering::Relaxed) % SPREAD;
        let time = last + TimeDelta::microseconds(1 + i64::from(later));
        state.give(time)
    }

    /// A new id, and the time in it. It ascends even where the clock goes back; then the time is the id's.
    pub(crate) fn next_id(&self) -> (Ulid, DateTime<Utc>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.next(self.now());
        let id = match state.ids.generate_from_datetime(now.into()) {
            Ok(id) => id,
            Err(overflow) => overflow.commit_overflow_increment(),
        };
        let millis = i64::try_from(id.timestamp_ms()).unwrap_or(i64::MAX);
        if millis == now.timestamp_millis() { (id, now) } else { (id, DateTime::from_timestamp_millis(millis).unwrap_or(now)) }
    }
}

/// A token that no other request carries.
pub(crate) fn token() -> String {
    match Generator::new().generate() {
        Ok(token) => token,
        Err(overflow) => overflow.commit_overflow_increment(),
    }
    .to_string()
}

impl State {
    /// The clock's time, if none like it can have been given out: otherwise the microsecond after the last one.
    fn next(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let (start, last, time) = match self.given {
            None => (now, now, now),
            Some((start, last)) if now > last => (start, now, now),
            Some((start, last)) if now < start => (now, last, now),
            Some((start, last)) => (start, last + STEP, last + STEP),
        };
        self.given = Some((start, last));
        time
    }

    /// The time that a row led to, or one after it where it was given out before; remembered where the clock could come upon it soon. One that is
    /// far ahead is not: every later time would have to be after it.
    fn give(&mut self, time: DateTime<Utc>) -> DateTime<Utc> {
        let Some((start, last)) = &mut self.given else { return time };
        let time = if (*start..=*last).contains(&time) { *last + STEP } else { time };
        if time > *last && time - *last <= STEP * 2 * SPREAD.cast_signed() {
            *last = time;
        }
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    struct Fixed(i64);

    impl Clock for Fixed {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp_micros(self.0).expect("in range")
        }
    }

    #[test]
    fn stamps_differ_under_a_stopped_clock() {
        let stamps = Stamps::new(Fixed(5_000_000));
        let given: HashSet<_> = (0..100).map(|_| stamps.next()).collect();
        assert_eq!(given.len(), 100);
        assert_eq!(given.iter().min().map(DateTime::timestamp_micros), Some(5_000_000));
    }

    #[test]
    fn stamps_differ_when_the_clock_goes_back_and_forth() {
        let stamps = Stamps::new(Fixed(0));
        let mut state = stamps.state.lock().expect("not poisoned");
        let times = [50, 50, 10, 50, 10, 30, 60, 51, 10, 5, 60];
        let given: HashSet<_> = times.map(|micros| state.next(DateTime::from_timestamp_micros(micros).expect("in range"))).into();
        assert_eq!(given.len(), times.len());
    }

    #[test]
    fn an_update_is_after_the_state_it_was_made_from() {
        let stamps = Stamps::new(Fixed(5));
        let ahead = DateTime::from_timestamp_micros(1_000_000).expect("in range");
        let given: HashSet<_> = (0..SPREAD).map(|_| stamps.next_after(ahead).timestamp_micros()).collect();
        assert_eq!(given, (1_000_001..=1_001_000).collect());
    }

    #[test]
    fn two_updates_of_one_state_differ_after_the_clock_went_back() {
        for first in 0..SPREAD {
            let stamps = Stamps::new(Fixed(5));
            stamps.ahead.store(first, Ordering::Relaxed);
            let row = DateTime::from_timestamp_micros(60_000_000).expect("in range");
            stamps.state.lock().expect("not poisoned").next(row);
            let (one, other) = (stamps.next_after(row), stamps.next_after(row));
            assert!(one > row && other > row && one != other, "{first}");
        }
    }

    #[test]
    fn ids_ascend_and_hold_the_creation_time() {
        let stamps = Stamps::new(Fixed(1_704_164_645_678_900));
        let mut last = Ulid::nil();
        for _ in 0..1_000 {
            let (id, time) = stamps.next_id();
            assert!(id > last);
            assert_eq!(i64::try_from(id.timestamp_ms()).ok(), Some(time.timestamp_millis()));
            last = id;
        }
    }
}
