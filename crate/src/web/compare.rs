//! Protocols against each other, on real threads. Blocks its Worker while it leads.

use serde_json::json;
use wasm_bindgen::prelude::*;

use super::{to_js, to_json};
use crate::lab::compare::lead::Ended;
use crate::lab::compare::{CompareConfig, Comparison};

/// Bytes for all that a comparison allocates: the stacks of 192 followers are half of it; arenas, histograms and reports the rest.
const ROOM: usize = 24 << 20;

/// Grows the memory before there are followers, so that it need not grow while they run.
///
/// V8 tells a thread that another one has grown their memory when the thread looks up, which wasm code without calls does not
/// do for a while. Until then the thread's loads and stores reach the new part, but its bulk copies are held against the old size,
/// and trap ("memory access out of bounds", seen in Chromium 156 after some hundred trials).
#[wasm_bindgen]
pub fn reserve() {
    // What has been freed stays the allocator's own: a wasm memory does not shrink.
    drop(core::hint::black_box(Vec::<u8>::with_capacity(ROOM)));
}

/// A comparison, as its leader sees it.
#[wasm_bindgen]
pub struct CompareHost {
    comparison: Box<Comparison>,
}

#[wasm_bindgen]
impl CompareHost {
    /// Gets ready.
    ///
    /// # Errors
    /// `{ field, value, range }` of the first bad field.
    #[wasm_bindgen(constructor)]
    pub fn new(config: &JsValue) -> Result<CompareHost, JsValue> {
        let config = CompareConfig::parse(&to_json(config)?).map_err(|error| to_js(&error))?;
        Ok(Self { comparison: Box::new(Comparison::new(config)) })
    }

    /// How many threads it needs, and where the page says that it is to end: a byte offset in linear memory.
    pub fn view(&self) -> JsValue {
        to_js(&json!({ "threads": self.comparison.threads(), "cancel": self.comparison.crew().cancel_at() }))
    }

    /// What followers get. Good as long as this host is not freed, which must wait until all followers have ended.
    pub fn handle(&self) -> usize {
        core::ptr::from_ref::<Comparison>(&self.comparison) as usize
    }

    /// Leads all trials, and lets the followers go; `on_progress` is called after each trial. The report; undefined, if it was
    /// cancelled.
    ///
    /// # Errors
    /// A sentence, when threads did not come or did not leave in time.
    pub fn lead(&self, on_progress: &js_sys::Function) -> Result<JsValue, JsValue> {
        let led = self.comparison.lead(&mut |progress| {
            // A listener that throws does not end a comparison.
            let _ = on_progress.call1(&JsValue::NULL, &to_js(progress));
        });
        match led {
            Ok(report) => Ok(to_js(&report)),
            Err(Ended::Cancelled) => Ok(JsValue::UNDEFINED),
            Err(Ended::Late) => {
                Err(js_sys::Error::new("threads of a trial did not come or did not leave in time").into())
            }
        }
    }
}

/// Works as thread `index` in every trial that has one, until the comparison is over; blocks its Worker.
#[wasm_bindgen]
pub fn run_compare_thread(handle: usize, index: u32) {
    // SAFETY: `handle` is the address of the boxed comparison of a `CompareHost`, in the linear memory that all Workers share;
    // the host is freed only after every follower has ended (www/lib/compare.js). `Comparison` is `Sync`.
    let comparison = unsafe { &*(handle as *const Comparison) };
    comparison.follow(index);
}
