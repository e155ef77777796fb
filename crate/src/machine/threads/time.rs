//! The time, in milliseconds since a moment that all threads of the run agree on.

/// Milliseconds since 1970 in wasm (`performance.timeOrigin + performance.now()`: each Worker has its own origin).
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn now() -> f64 {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance, js_name = now)]
        fn performance_now() -> f64;
        #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
        static TIME_ORIGIN: f64;
    }

    TIME_ORIGIN.with(|origin| *origin) + performance_now()
}

/// Milliseconds since the process first asked.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn now() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
}
