//! Schedules as data: `[[thread, way], …]`.

use serde_json::Value;

use super::given::error;
use crate::lab::config::ConfigError;
use crate::machine::ThreadId;
use crate::machine::model::Move;

/// Moves of the longest schedule that is looked at.
pub const LONGEST_SCHEDULE: usize = 10_000;

/// Characters of a move that is none that are repeated to whoever gave it.
const LONGEST_WORDS: usize = 40;

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
            let (thread, way) = fits.ok_or_else(|| {
                let range = format!("[thread, way], thread below {} and way below {}", ThreadId::MAX, u32::BITS);
                // As text, for of a list it would only be said that it is one.
                let pair: String = pair.to_string().chars().take(LONGEST_WORDS).collect();
                error(format!("schedule[{i}]"), &Value::from(pair), range)
            })?;
            Ok(Move { thread: ThreadId::new(thread), way })
        })
        .collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_move_that_is_none_is_told_with_what_it_could_have_been() {
        let error = parse_schedule(Some(&json!([[0, 0], [999, 999]]))).unwrap_err();
        assert_eq!((error.field.as_str(), error.value.as_str()), ("schedule[1]", "\"[999,999]\""));
        assert_eq!(error.range, "[thread, way], thread below 4096 and way below 32");
        let long = parse_schedule(Some(&json!([vec![0; 10_000]]))).unwrap_err();
        assert!(long.value.len() < 50, "{}", long.value);
    }
}
