//! The ratios of the README: CPU time of a piece of work by simpletable, to that of the same work with the SDK and `serde_dynamo` by hand.
//!
//! Both sides run in turns of some milliseconds, and the ratio is that of neighbouring turns: what slows the machine down for a while slows both.
//! The time is that of the thread, which does all the work; what other processes take is not in it.

mod cases;

use std::time::Duration;

use cases::{Case, Work};
use tokio::runtime::Runtime;

/// How long one turn takes, about.
const TURN: Duration = Duration::from_millis(4);

/// How long a comparison takes, about: as many pairs of turns as fit, within the bounds.
const COMPARISON: Duration = Duration::from_secs(2);

/// How many pairs of turns a ratio is the median of.
const TURNS: std::ops::RangeInclusive<usize> = 21..=201;

fn main() {
    let runtime = cases::runtime();
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    println!("| case | simpletable | SDK + serde_dynamo | ratio | half of the turns | at most |");
    println!("|---|---|---|---|---|---|");
    let cases = runtime.block_on(cases::all());
    for case in cases.iter().filter(|case| case.name.contains(&wanted)) {
        let Case { name, ours, raw, limit, .. } = case;
        let limit = limit.map(|limit| format!("{limit:.2}")).unwrap_or_default();
        print(name, &limit, &compare(&runtime, ours, raw));
        if let Some(modyne) = &case.modyne {
            print(&format!("{name}, modyne 0.3.1"), "", &compare(&runtime, modyne, raw));
        }
    }
}

/// What two sides took: the medians of one piece of work, and of the ratios.
struct Compared {
    ours: Duration,
    raw: Duration,
    /// The ratio: the lower quartile, the median, the upper quartile.
    ratio: [f64; 3],
}

fn compare(runtime: &Runtime, ours: &Work, raw: &Work) -> Compared {
    let sides = [ours, raw].map(|side| {
        turn(runtime, side, 10);
        let once = (turn(runtime, side, 10) / 10).max(Duration::from_nanos(1));
        (side, u32::try_from(TURN.as_nanos() / once.as_nanos()).unwrap_or(u32::MAX).max(1), once)
    });
    let pair = sides.iter().map(|(_, count, once)| *once * *count).sum::<Duration>();
    let turns = usize::try_from(COMPARISON.as_nanos() / pair.as_nanos()).unwrap_or(usize::MAX).clamp(*TURNS.start(), *TURNS.end());
    let mut times = [const { Vec::new() }; 2];
    let mut ratios = Vec::new();
    for round in 0..turns {
        let mut took = [Duration::ZERO; 2];
        // Each side goes first every other time.
        for side in [round % 2, 1 - round % 2] {
            let (work, count, _) = sides[side];
            took[side] = turn(runtime, work, count) / count;
            times[side].push(took[side]);
        }
        ratios.push(took[0].as_secs_f64() / took[1].as_secs_f64());
    }
    let [ours, raw] = times.map(|mut times| {
        times.sort_unstable();
        times[turns / 2]
    });
    ratios.sort_unstable_by(f64::total_cmp);
    Compared { ours, raw, ratio: [turns / 4, turns / 2, turns * 3 / 4].map(|at| ratios[at]) }
}

/// The CPU time of some pieces of work.
fn turn(runtime: &Runtime, work: &Work, count: u32) -> Duration {
    let begin = cpu_time();
    runtime.block_on(async {
        for _ in 0..count {
            work().await;
        }
    });
    cpu_time().saturating_sub(begin)
}

/// The CPU time that this thread has taken.
#[cfg(unix)]
fn cpu_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::ThreadCPUTime).try_into().expect("a time since the thread began")
}

/// Where there is no such clock: the time that has passed.
#[cfg(not(unix))]
fn cpu_time() -> Duration {
    static BEGIN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    BEGIN.elapsed()
}

fn print(name: &str, limit: &str, compared: &Compared) {
    let micros = |time: Duration| format!("{:.1} µs", time.as_secs_f64() * 1e6);
    let Compared { ours, raw, ratio: [low, median, high] } = compared;
    println!("| {name} | {} | {} | {median:.2} | {low:.2}–{high:.2} | {limit} |", micros(*ours), micros(*raw));
}
