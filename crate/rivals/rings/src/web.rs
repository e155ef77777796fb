//! The rings in Workers. The bench's own surface, `aio_ring_bench::web`, comes along in the same module.

use aio_ring_bench::pair::{Alone, Far, Near};
use wasm_bindgen::prelude::*;

fn unknown() -> JsError {
    JsError::new("there is no such subject")
}

fn alone(Alone: Alone) -> JsError {
    JsError::new("the other Worker did nothing for five seconds")
}

/// Something that one Worker does.
#[wasm_bindgen]
#[allow(missing_debug_implementations)]
pub struct OneThread(crate::Sampler);

#[wasm_bindgen]
impl OneThread {
    /// A subject of [`crate::one_thread`].
    ///
    /// # Errors
    /// When there is none of that name.
    #[wasm_bindgen(constructor)]
    pub fn new(subject: &str, batch: u32) -> Result<Self, JsError> {
        crate::one_thread(subject, batch).map(Self).ok_or_else(unknown)
    }

    /// Nanoseconds a unit, over `ms` milliseconds at the least.
    pub fn sample(&mut self, ms: f64) -> f64 {
        (self.0)(ms)
    }
}

/// Something that two Workers do: this one measures, another one [works](work).
#[wasm_bindgen]
#[allow(missing_debug_implementations)]
pub struct TwoThreads {
    near: Box<dyn Near>,
    far: Option<Box<dyn Far>>,
}

#[wasm_bindgen]
impl TwoThreads {
    /// A subject of [`crate::two_threads`].
    ///
    /// # Errors
    /// When there is none of that name.
    #[wasm_bindgen(constructor)]
    pub fn new(subject: &str, batch: u32) -> Result<Self, JsError> {
        let pair = crate::two_threads(subject, batch).ok_or_else(unknown)?;
        Ok(Self { near: pair.near, far: Some(pair.far) })
    }

    /// The far half, to be handed to [`work`] on another Worker of the same memory; once.
    ///
    /// # Errors
    /// The second time.
    pub fn far(&mut self) -> Result<usize, JsError> {
        let far = self.far.take().ok_or_else(|| JsError::new("the far half is at work already"))?;
        Ok(Box::into_raw(Box::new(far)).expose_provenance())
    }

    /// Nanoseconds a unit, over `ms` milliseconds at the least; then the far half ends. Good for once.
    ///
    /// # Errors
    /// When the far half does nothing.
    pub fn sample(&mut self, ms: f64) -> Result<f64, JsError> {
        self.near.sample(ms).map_err(alone)
    }
}

/// Works at a far half until the near half has measured.
///
/// # Errors
/// When the near half does nothing.
#[wasm_bindgen]
pub fn work(far: usize) -> Result<(), JsError> {
    // SAFETY: made by `TwoThreads::far`, which gives each away once, and the driver hands it on once; what is in it is `Send`.
    let mut far = unsafe { Box::from_raw(core::ptr::with_exposed_provenance_mut::<Box<dyn Far>>(far)) };
    far.work().map_err(alone)
}
