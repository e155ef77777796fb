//! On the page itself, where nothing may block: everything that the leader does works there too.

#![cfg(target_arch = "wasm32")]

mod crew;

use crew::{Crew, get, total};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_page_must_not_wait() {
    let word = js_sys::Int32Array::new(&js_sys::SharedArrayBuffer::new(4));
    assert!(js_sys::Atomics::wait_with_timeout(&word, 0, 0, 1.0).is_err(), "this is not a page");
}

#[wasm_bindgen_test]
async fn a_run_is_laid_out_watched_and_reported_without_blocking() {
    let catalog = aio_ring_lab::web::describe();
    assert_eq!(js_sys::Array::from(&get(&catalog, "protocols")).length() as usize, aio_ring_lab::aio::PRESETS.len());
    let mut crew = Crew::start(r#"{"protocol": "v4"}"#);
    crew.until_under_way().await;
    assert!(crew.host.watch().is_undefined());
    let report = crew.stop().await;
    assert!(total(&report, "events") > 0.0);
}
