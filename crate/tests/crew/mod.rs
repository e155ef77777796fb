//! A crew of real Workers for the web tests: each is one thread of a run, over this module's own memory.

#![allow(dead_code, reason = "each test file uses its own part of the crew")]

use aio_ring_lab::lab::Race;
use aio_ring_lab::web::RaceHost;
use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// A Worker that is handed this module and its memory, plays one thread, and says when it has ended. The URL object (not a
/// string) matters: the test runner wraps Workers made from strings, and their first messages are lost.
#[wasm_bindgen(inline_js = r#"
const body = `
onmessage = async ({ data: { script, module, memory, handle, index } }) => {
  try {
    const wasm = await import(script);
    const exports = await wasm.default({ module_or_path: module, memory, thread_stack_size: 65536 });
    wasm.run_thread(handle, index);
    exports.__wbindgen_thread_destroy();
    postMessage('ended');
  } catch (error) {
    postMessage(String(error));
  }
};`;

export function start_worker(module, memory, handle, index) {
  const script = new URL('../../wasm-bindgen-test.js', import.meta.url).href;
  const source = new URL(URL.createObjectURL(new Blob([body], { type: 'text/javascript' })));
  const worker = new Worker(source, { type: 'module' });
  const ended = new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => resolve('error: ' + event.message);
  });
  worker.postMessage({ script, module, memory, handle, index });
  return ended.finally(() => worker.terminate());
}

export function after(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export function within(promise, milliseconds) {
  return Promise.race([promise, after(milliseconds).then(() => { throw new Error('late'); })]);
}
"#)]
extern "C" {
    fn start_worker(module: &JsValue, memory: &JsValue, handle: usize, index: u32) -> Promise;
    fn after(milliseconds: f64) -> Promise;
    fn within(promise: &Promise, milliseconds: f64) -> Promise;
}

/// Waits without blocking.
pub async fn pause(milliseconds: f64) {
    let _ = JsFuture::from(after(milliseconds)).await;
}

/// A run with its Workers.
pub struct Crew {
    /// The run.
    pub host: RaceHost,
    ended: Promise,
}

impl Crew {
    /// Starts a run of this configuration.
    pub fn start(config: &str) -> Self {
        let config = js_sys::JSON::parse(config).expect("a test's configuration is JSON");
        let host = RaceHost::new(&config).expect("a test's configuration is good");
        let threads = Array::from(&get(&host.view(), "threads")).length();
        let (module, memory) = (wasm_bindgen::module(), wasm_bindgen::memory());
        let workers: Array = (0..threads).map(|index| start_worker(&module, &memory, host.handle(), index)).collect();
        Self { host, ended: Promise::all(&workers) }
    }

    /// Waits until the run's report is as `good` says, for 60 s at the most: on a busy machine Workers start late.
    pub async fn until(&self, what: &str, good: impl Fn(&JsValue) -> bool) {
        for _ in 0..1200 {
            if good(&self.host.report()) {
                return;
            }
            pause(50.0).await;
        }
        panic!("not within a minute: {what}");
    }

    /// Waits until events are read and, where there is a migrator, pages migrate.
    pub async fn until_under_way(&self) {
        let migrates = self.race().config().migrators > 0;
        self.until("the run is under way", |report| {
            total(report, "events") > 0.0 && (!migrates || total(report, "migrations") > 0.0)
        })
        .await;
    }

    /// The run itself: the Workers share this module's memory, so damage can be planted in it.
    pub fn race(&self) -> &Race {
        // SAFETY: the handle is the address of the host's run, which lives as long as the host.
        unsafe { &*(self.host.handle() as *const Race) }
    }

    /// Waits until all threads have ended by themselves; fails when they have not within 60 seconds.
    pub async fn join(&self) {
        let ended = JsFuture::from(within(&self.ended, 60_000.0)).await.expect("threads end in time");
        let said = Array::from(&ended).to_vec();
        assert!(said.iter().all(|said| said == "ended"), "{said:?}");
    }

    /// Stops the run, waits for it, and returns its report.
    pub async fn stop(&self) -> JsValue {
        self.host.stop();
        self.join().await;
        self.host.report()
    }
}

/// Sum of a counter over all threads of a report.
pub fn total(report: &JsValue, counter: &str) -> f64 {
    Array::from(&get(report, "threads")).iter().map(|thread| get(&thread, counter).as_f64().unwrap_or(f64::NAN)).sum()
}

/// A property.
pub fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}
