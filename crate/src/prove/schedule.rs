//! Schedules as data: `[[thread, way], …]`.

use serde_json::Value;

use super::given::error;
use crate::lab::config::ConfigError;
use crate::machine::ThreadId;
use crate::machine::model::Move;

/// Moves of the longest schedule that is looked at.
pub const LONGEST_SCHEDULE: usize = 10_000;

/// A schedule as data: `[thread, way]` for each move.
#[must_use]
pub fn schedule_json(schedule: &[Move]) -> Vec<[u32; 2]> {
    schedule.iter().map(|next| [next.thread.index(), next.way]).collect()
}

/// Reads a schedule. Whether its moves are possible shows when they are made.
///
/// # Errors
/// When it is none, or too long.
pub fn parse_schedule(given: Option<&Value>) -> Result<Vec<Move>, ConfigError> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let list = given.as_array().ok_or_else(|| error("schedule", given, "a list of [thread, way]"))?;
    if list.len() > LONGEST_SCHEDULE {
        let range = format!("at most {LONGEST_SCHEDULE} moves");
        return Err(error("schedule", &Value::from(format!("{} moves", list.len())), range));
    }
    let number = |value: &Value| value.as_u64().and_then(|value| u32::try_from(value).ok());
    list.iter()
        .enumerate()
        .map(|(i, pair)| {
            let found = match pair.as_array().map(Vec::as_slice) {
                Some([thread, way]) => number(thread).zip(number(way)),
                _ => None,
            };
            let fits = found.filter(|(thread, way)| *thread < ThreadId::MAX && *way < u32::BITS);
            let (thread, way) = fits.ok_or_else(|| error(format!("schedule[{i}]"), pair, "[thread, way]"))?;
            Ok(Move { thread: ThreadId::new(thread), way })
        })
        .collect()
}
