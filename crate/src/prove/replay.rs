//! A schedule that is to be forced on threads, as it comes from outside.

use serde_json::{Map, Value};

use super::{ProveConfig, Subject};
use crate::lab::config::parse_protocol;
use crate::lab::replay::{MOST_TIMES, PATIENCE};
use crate::lab::{ConfigError, Replay};

/// Reads a configuration from JSON: `scenario`, `protocol`, `sizes` and `schedule` as [`ProveConfig`] has them; `under`, the
/// protocol to force the schedule on, if it is another one; `times`, 1 if it is left out.
///
/// # Errors
/// The first field that is unknown, or whose value is out of range.
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn parse(json: &str) -> Result<Replay, ConfigError> {
    let error = |field: &str, value: &Value, range: String| ConfigError {
        field: field.to_owned(),
        value: value.to_string(),
        range,
    };
    let mut given: Map<String, Value> = serde_json::from_str(json)
        .map_err(|failure| error("config", &failure.to_string().into(), "an object".to_owned()))?;
    let (under, times) = (given.remove("under"), given.remove("times"));
    let scenario = given.get("scenario").cloned().unwrap_or_default();
    let times = times.unwrap_or_else(|| 1.into());
    let count = times.as_u64().and_then(|times| u32::try_from(times).ok());
    let count = count.ok_or_else(|| error("times", &times, format!("1 to {MOST_TIMES}")))?;
    let config = ProveConfig::parse(&Value::from(given).to_string())?;
    let Subject::Scripted(own) = config.subject() else {
        return Err(error("scenario", &scenario, "one whose roles threads can play".to_owned()));
    };
    let under = under.as_ref().map_or(Ok(own.protocol), |under| Ok(parse_protocol(under)?.protocol()))?;
    Replay::new(&own, under, &config.schedule, count, PATIENCE)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn field(json: &str) -> String {
        parse(json).unwrap_err().field
    }

    /// The setup chooses first where it fails: way 6 is nowhere.
    #[test]
    fn a_schedule_is_read_and_forced_as_often_as_it_says() {
        let json =
            "{\"scenario\": \"leaked-lock\", \"protocol\": \"v4\", \"schedule\": [[0, 6], [0, 0]], \"times\": 3}";
        let replay = parse(json).unwrap();
        replay.run_thread(0);
        let report = replay.report();
        assert_eq!((report.times, report.followed, report.broke, report.aborted), (3, 3, 0, false));
        assert_eq!((report.refused, report.findings.len()), (None, 0));
    }

    #[test]
    fn what_cannot_be_tried_names_the_field() {
        let with = |more: &str| format!("{{\"scenario\": \"leaked-lock\", \"schedule\": [[0, 0]]{more}}}");
        assert!(parse(&with("")).is_ok());
        assert_eq!(field(&with(", \"times\": 0")), "times");
        assert_eq!(field(&with(", \"times\": 1000001")), "times");
        assert_eq!(field(&with(", \"times\": \"often\"")), "times");
        assert_eq!(field(&with(", \"under\": \"v5\"")), "protocol");
        assert_eq!(field(&with(", \"speed\": 1")), "speed");
        assert_eq!(field("{\"scenario\": \"miniature\"}"), "scenario");
        assert_eq!(field("{\"scenario\": \"leaked-lock\", \"schedule\": [[0, 0], [1, 0]]}"), "schedule[1]");
        let long = vec!["[0, 0]"; 10_001].join(",");
        assert_eq!(field(&format!("{{\"scenario\": \"leaked-lock\", \"schedule\": [{long}]}}")), "schedule");
        for garbage in ["", "[]", "null", "{\"scenario\": \"leaked-lock\", \"schedule\": [[0, 0, 0]]}"] {
            assert!(parse(garbage).is_err(), "{garbage}");
        }
    }

    /// A schedule that does not even fit its own protocol is followed as far as it goes.
    #[test]
    fn garbage_that_is_a_schedule_is_refused_by_the_threads() {
        let refused = |schedule: &str| {
            let json = format!("{{\"scenario\": \"leaked-lock\", \"protocol\": \"v4\", \"schedule\": {schedule}}}");
            let replay = parse(&json).unwrap();
            replay.run_thread(0);
            let report = replay.report();
            assert_eq!((report.times, report.followed), (1, 0));
            report.refused.unwrap()
        };
        let way = refused("[[0, 31]]");
        assert_eq!((way.r#move, way.thread.as_str()), (0, "setup 1"));
        assert!(way.reason.contains("way 31"), "{}", way.reason);
        // As many moves as there can be, of a thread that has not so much to do.
        let all = refused(&format!("[[0, 6], {}]", vec!["[0, 0]"; 9_999].join(",")));
        assert!(all.r#move > 10 && all.reason.contains("nothing more to do"), "{all:?}");
    }
}
