//! One schedule, forced on real threads; and what threads have recorded, as a schedule.

use serde_json::json;
use wasm_bindgen::prelude::*;

use super::{to_js, to_json};
use crate::explore::Program;
use crate::lab::Replay;
use crate::machine::ThreadId;
use crate::prove;

/// A replay, as the leader sees it.
#[wasm_bindgen]
pub struct ReplayHost {
    replay: Box<Replay>,
}

#[wasm_bindgen]
impl ReplayHost {
    /// Gets ready.
    ///
    /// # Errors
    /// `{ field, value, range }` of the first bad field.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &JsValue) -> Result<ReplayHost, JsValue> {
        let replay = prove::replay::parse(&to_json(config)?).map_err(|error| to_js(&error))?;
        Ok(Self { replay: Box::new(replay) })
    }

    /// The threads that it needs, and where the page finds what it shows: byte offsets in linear memory.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn view(&self) -> JsValue {
        let subject = self.replay.subject();
        let [done, followed, broke] = self.replay.progress_at();
        to_js(&json!({
            "threads": (0..subject.threads())
                .map(|thread| subject.thread_name(ThreadId::new(thread)))
                .collect::<Vec<_>>(),
            "abort": self.replay.gate().abort_at(),
            "done": done,
            "followed": followed,
            "broke": broke,
        }))
    }

    /// What followers get. Good as long as this host is not freed, which must wait until all followers have ended.
    pub fn handle(&self) -> usize {
        core::ptr::from_ref::<Replay>(&self.replay) as usize
    }

    /// What became of it; to be asked when all its threads have ended.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn report(&self) -> JsValue {
        to_js(&self.replay.report())
    }
}

/// Works as thread `index` of the replay until it is over; blocks its Worker.
#[wasm_bindgen]
pub fn run_replay_thread(handle: usize, index: u32) {
    // SAFETY: `handle` is the address of the boxed replay of a `ReplayHost`, in the linear memory that all Workers share; the
    // host is freed only after every follower has ended (www/lib/replay.js). `Replay` is `Sync`.
    let replay = unsafe { &*(handle as *const Replay) };
    replay.run_thread(index);
}

/// A corruption that threads have recorded, found again in the model: its schedule, or null.
///
/// # Errors
/// `{ field, value, range }` of what is no record.
#[wasm_bindgen]
pub fn reproduce(record: &JsValue) -> Result<JsValue, JsValue> {
    let found = prove::live::reproduce(&to_json(record)?).map_err(|error| to_js(&error))?;
    Ok(to_js(&found.map(|found| found.to_json())))
}
