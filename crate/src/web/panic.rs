//! A panic in a Worker reaches the page: message and place.

use wasm_bindgen::prelude::*;

/// Makes panics print through `console_error_panic_hook`, and leaves message and place in
/// `globalThis.aioRingLabPanic`, where the Worker's script finds them after the trap.
#[wasm_bindgen]
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        let panic = js_sys::Object::new();
        let place = info.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        let message = info.payload_as_str().unwrap_or("a panic without a message");
        set(&panic, "message", message);
        set(&panic, "place", &place);
        // Setting a property of the global object fails only where it is frozen; then the trap alone is reported.
        let _ = js_sys::Reflect::set(&js_sys::global(), &"aioRingLabPanic".into(), &panic);
    }));
}

fn set(object: &js_sys::Object, key: &str, value: &str) {
    let _ = js_sys::Reflect::set(object, &key.into(), &value.into());
}
