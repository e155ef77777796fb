//! The time, in milliseconds since a moment that all threads of the run agree on.

/// Milliseconds since 1970 in wasm (`performance.timeOrigin + performance.now()`: each Worker has its own origin).
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn now() -> f64 {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
        static TIME_ORIGIN: f64;
    }

    TIME_ORIGIN.with(|origin| *origin) + here()
}

/// The same clock for differences within one thread: milliseconds since its own origin. So near to 0 a number can tell
/// nanoseconds apart, where [`now`] is rounded to 0.2 µs.
#[cfg(target_arch = "wasm32")]
#[must_use]
pub fn here() -> f64 {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = performance, js_name = now)]
        fn performance_now() -> f64;
    }

    performance_now()
}

/// As [`now`].
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn here() -> f64 {
    now()
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use super::{here, now};

    /// Between two readings of another clock around it, and two within.
    #[test]
    fn they_run_in_milliseconds() {
        for clock in [now, here] {
            let outer = Instant::now();
            let from = clock();
            let inner = Instant::now();
            sleep(Duration::from_millis(3));
            let least = inner.elapsed().as_secs_f64() * 1e3;
            let between = clock() - from;
            let most = outer.elapsed().as_secs_f64() * 1e3;
            // Rounding of what may be hours since the process first asked.
            let rounding = 1e-6;
            assert!(least - rounding <= between && between <= most + rounding, "{least} {between} {most}");
        }
    }
}
