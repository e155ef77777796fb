//! The wasm-bindgen surface, and nothing else. Called only from Workers: the page itself never runs wasm.
//!
//! There are two wasm files, each with a memory of its own: one runs races, the other one (feature `explorer`) searches,
//! and is loaded when somebody asks.

#[cfg(feature = "explorer")]
mod explorer;
mod panic;
#[cfg(not(feature = "explorer"))]
mod race;
#[cfg(feature = "explorer")]
mod replay;

use wasm_bindgen::prelude::*;

pub use panic::install_panic_hook;
#[cfg(not(feature = "explorer"))]
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
