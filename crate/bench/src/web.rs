//! The bench in a Worker.

use wasm_bindgen::prelude::*;

use crate::limits::{self, Access};

/// A [`crate::Bench`] for one batch size.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WasmBench(crate::Bench);

#[wasm_bindgen]
impl WasmBench {
    /// For reads of `batch` events a call.
    #[wasm_bindgen(constructor)]
    pub fn new(batch: u32) -> Self {
        Self(crate::Bench::new(batch))
    }

    /// Nanoseconds a unit of the subject; see [`crate::Bench::sample`].
    ///
    /// # Errors
    /// When there is no such subject, or its work went wrong.
    pub fn sample(&mut self, subject: &str, ms: f64) -> Result<f64, JsError> {
        let subject = crate::Subject::find(subject).ok_or_else(|| JsError::new("there is no such subject"))?;
        let figure = self.0.sample(subject, ms);
        if self.0.corruptions() > 0 { Err(JsError::new("the detectors saw corruptions")) } else { Ok(figure) }
    }
}

/// How often each kind of atomic access is demanded `of` somebody ([`limits::demanded`]): compare-and-exchanges, stores.
///
/// # Errors
/// When there is nobody of that name.
#[wasm_bindgen]
pub fn demanded(of: &str) -> Result<Vec<u32>, JsError> {
    let accesses = limits::demanded(of).ok_or_else(|| JsError::new("nothing is known of that"))?;
    let count = |kind| accesses.iter().filter(|access| **access == kind).count() as u32;
    Ok([Access::CompareExchange, Access::Store].map(count).to_vec())
}
