//! Searches. Blocks its Worker while it searches; to cancel is to end the Worker.

use core::sync::atomic::AtomicBool;

use serde::Serialize;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use super::{to_js, to_json};
use crate::explore::{Bounds, Host, Progress};
use crate::lab::ConfigError;
use crate::machine::threads::time::now;
use crate::prove::ProveConfig;
use crate::prove::matrix::{self, CellReport};

/// Milliseconds between two reports of progress.
const TELL_EVERY: f64 = 50.0;

/// Bytes that a search may take when nothing is said: the memory's maximum, less what everything else takes.
const ROOM: u64 = 400 << 20;

fn refused(error: &ConfigError) -> JsValue {
    to_js(error)
}

fn parse(config: &JsValue) -> Result<ProveConfig, JsValue> {
    let config = ProveConfig::parse(&to_json(config)?).map_err(|error| refused(&error))?;
    Ok(ProveConfig { bounds: within_memory(config.bounds), ..config })
}

fn within_memory(bounds: Bounds) -> Bounds {
    Bounds { bytes: Some(bounds.bytes.unwrap_or(ROOM).min(ROOM)), ..bounds }
}

/// A function of JavaScript that the Worker's own thread calls, and no other one: searches tell their progress by the thread
/// that called them.
struct Told<'a>(&'a js_sys::Function);

// SAFETY: see the type; a `Host` is shared with the pool's threads, which never call `progress`.
unsafe impl Sync for Told<'_> {}

impl Told<'_> {
    fn tell(&self, value: &impl Serialize) {
        // A listener that throws does not end a search.
        let _ = self.0.call1(&JsValue::NULL, &to_js(value));
    }
}

fn progress_json(progress: &Progress) -> Value {
    let Progress { states, traces, transitions, depth, bytes, milliseconds } = *progress;
    serde_json::json!({
        "states": states, "traces": traces, "transitions": transitions, "depth": depth, "bytes": bytes,
        "milliseconds": milliseconds,
    })
}

/// Searches; `on_progress` is called now and then.
///
/// # Errors
/// `{ field, value, range }` of the first bad field.
#[wasm_bindgen]
pub fn explore(config: &JsValue, on_progress: &js_sys::Function) -> Result<JsValue, JsValue> {
    let config = parse(config)?;
    let told = Told(on_progress);
    let last = std::sync::Mutex::new(now());
    let progress = |progress: &Progress| {
        let told = &told;
        if let Ok(mut last) = last.try_lock()
            && now() - *last >= TELL_EVERY
        {
            *last = now();
            told.tell(&progress_json(progress));
        }
    };
    let never = AtomicBool::new(false);
    Ok(to_js(&config.report(&Host { clock: &now, cancel: &never, progress: &progress })))
}

/// Executes a schedule, and shows its steps and states.
///
/// # Errors
/// `{ field, value, range }` of the first bad field.
#[wasm_bindgen]
pub fn examine(config: &JsValue) -> Result<JsValue, JsValue> {
    Ok(to_js(&parse(config)?.examine()))
}

/// Searches for the good schedule that is nearest to a given one.
///
/// # Errors
/// `{ field, value, range }` of the first bad field.
#[wasm_bindgen]
pub fn nearest(config: &JsValue) -> Result<JsValue, JsValue> {
    let never = AtomicBool::new(false);
    Ok(to_js(&parse(config)?.nearest(&Host { clock: &now, cancel: &never, progress: &|_| () })))
}

/// Estimates how large a search will be.
///
/// # Errors
/// `{ field, value, range }` of the first bad field.
#[wasm_bindgen]
pub fn estimate(config: &JsValue) -> Result<JsValue, JsValue> {
    Ok(to_js(&parse(config)?.estimate()))
}

/// Searches the matrix; `on_cell` is called for each cell.
///
/// # Errors
/// `{ field, value, range }` of the first bad field.
#[wasm_bindgen]
pub fn search_matrix(config: &JsValue, on_cell: &js_sys::Function) -> Result<JsValue, JsValue> {
    let options = matrix::Options::parse(&to_json(config)?).map_err(|error| refused(&error))?;
    let options = matrix::Options { bounds: within_memory(options.bounds), ..options };
    let never = AtomicBool::new(false);
    let host = Host { clock: &now, cancel: &never, progress: &|_| () };
    let told = Told(on_cell);
    let cells = matrix::search(&options, &host, &mut |cell: &CellReport| told.tell(cell));
    let answer = matrix::answer(&cells);
    Ok(to_js(&serde_json::json!({ "cells": cells, "answer": answer })))
}
