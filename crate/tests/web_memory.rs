//! The build itself: is the module's memory one that threads can share?
//!
//! A module compiled without one of the flags in `.cargo/config.toml` links and loads, and is silently not shared.

#![cfg(target_arch = "wasm32")]

use js_sys::{SharedArrayBuffer, WebAssembly};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn memory() -> WebAssembly::Memory {
    wasm_bindgen::memory().unchecked_into()
}

#[wasm_bindgen_test]
fn memory_is_shared() {
    assert!(memory().buffer().is_instance_of::<SharedArrayBuffer>());
}

#[wasm_bindgen_test]
fn memory_can_grow() {
    let before = memory().grow(1);
    let bytes = memory().buffer().unchecked_into::<SharedArrayBuffer>().byte_length();
    assert!(bytes >= (before + 1) * 65536);
}

/// A wait that nobody ends: a Worker may block, and the wait keeps its deadline.
#[wasm_bindgen_test]
fn a_worker_may_wait() {
    let word = js_sys::Int32Array::new(&SharedArrayBuffer::new(4));
    let outcome = js_sys::Atomics::wait_with_timeout(&word, 0, 0, 10.0).expect("a Worker may wait");
    assert_eq!(outcome, "timed-out");
}
