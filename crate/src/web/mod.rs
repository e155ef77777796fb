//! The wasm-bindgen surface, and nothing else. Called only from Workers: the page itself never runs wasm.
//!
//! There are three wasm files, each with a memory of its own: one runs races, one (feature `explorer`) searches, and one
//! (feature `compare`) measures what protocols cost. The last two are loaded when somebody asks.

#[cfg(feature = "compare")]
mod compare;
#[cfg(feature = "explorer")]
mod explorer;
mod panic;
#[cfg(not(any(feature = "explorer", feature = "compare")))]
mod race;
#[cfg(feature = "explorer")]
mod replay;

use wasm_bindgen::prelude::*;

#[cfg(feature = "compare")]
pub use compare::{CompareHost, reserve, run_compare_thread};
pub use panic::install_panic_hook;
#[cfg(not(any(feature = "explorer", feature = "compare")))]
pub use race::{RaceHost, describe, run_thread};
#[cfg(feature = "explorer")]
pub use wasm_bindgen_rayon::init_thread_pool;

fn to_js(value: &impl serde::Serialize) -> JsValue {
    let json = serde_json::to_string(value).expect("reports are plain data");
    js_sys::JSON::parse(&json).expect("serde_json writes JSON")
}

/// What a caller gave, as JSON.
fn to_json(value: &JsValue) -> Result<String, JsValue> {
    Ok(js_sys::JSON::stringify(value)?.as_string().unwrap_or_default())
}
