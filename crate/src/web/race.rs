//! A run on real threads.

use wasm_bindgen::prelude::*;

use super::{to_js, to_json};
use crate::lab::catalog::catalog;
use crate::lab::json::object;
use crate::lab::report::{WaitReport, counter_names};
use crate::lab::{Race, Report, RunConfig, Watchdog};
use crate::machine::Stuck;
use crate::ring::Addr;
use crate::ring::frames::Frames;
use crate::scenario::kind::KINDS;

/// What there is to choose from: protocols, scenarios, fields, parts, kinds of corruption.
#[wasm_bindgen]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn describe() -> JsValue {
    let mut catalog = catalog();
    catalog["prove"] = crate::prove::catalog::catalog();
    catalog["compare"] = crate::lab::compare::fields::catalog();
    to_js(&catalog)
}

/// A run, as the leader sees it.
#[wasm_bindgen]
pub struct RaceHost {
    race: Box<Race>,
    watchdog: Watchdog,
    stuck: Option<Stuck>,
}

#[wasm_bindgen]
impl RaceHost {
    /// Lays a run out.
    ///
    /// # Errors
    /// `{ field, value, range }` of the first bad field.
    #[wasm_bindgen(constructor)]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn new(config: &JsValue) -> Result<RaceHost, JsValue> {
        let config = RunConfig::parse(&to_json(config)?).map_err(|error| to_js(&error))?;
        Ok(Self { race: Box::new(Race::new(config)), watchdog: Watchdog::default(), stuck: None })
    }

    /// Where the page finds what it plots: byte offsets in linear memory.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn view(&self) -> JsValue {
        let world = self.race.world();
        let base = self.race.base();
        let byte = |at: Addr| base + at.byte_offset();
        to_js(&object! {
            "base": base,
            "stop": byte(world.control.stop()),
            "abort": byte(world.control.abort()),
            "threads": world.control.all().map(|thread| object! {
                "name": world.thread_name(thread),
                "role": world.roles[thread.index() as usize].name(),
                "counters": byte(world.control.counters(thread)),
            }).collect::<Vec<_>>(),
            "counters": counter_names().collect::<Vec<_>>(),
            "kinds": KINDS.iter().map(|kind| kind.name).collect::<Vec<_>>(),
            "ringPages": byte(world.ctx.ring_page(0)),
            "pages": world.ctx.ring.pages(),
            "rings": world.contexts.iter().map(|ctx| object! {
                "ringPages": byte(ctx.ring_page(0)),
                "pages": ctx.ring.pages(),
                "state": byte(ctx.state()),
            }).collect::<Vec<_>>(),
            "ringSlots": world.ctx.ring.nr(),
            "frames": object! {
                "table": byte(world.frames.table()),
                "stride": Frames::STRIDE * crate::ring::memory::WORD,
                "count": world.frames.count(),
            },
            "touched": byte(world.ledger.touched(0)),
        })
    }

    /// Looks for threads that can never go on; when it is sure, gives the run up and says who waits for whom.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn watch(&mut self) -> JsValue {
        match self.watchdog.look(&self.race) {
            Some(stuck) => {
                let report = to_js(&WaitReport::new(self.race.world(), &stuck));
                self.stuck = Some(stuck);
                report
            }
            None => JsValue::UNDEFINED,
        }
    }

    /// Lets the threads finish their operations and end.
    pub fn stop(&self) {
        self.race.stop();
    }

    /// What followers get. Good as long as this host is not freed, which must wait until all followers have ended.
    pub fn handle(&self) -> usize {
        core::ptr::from_ref::<Race>(&self.race) as usize
    }

    /// What the run came to; to be asked when all its threads have ended.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn report(&self) -> JsValue {
        to_js(&Report::new(&self.race, self.stuck.as_ref()))
    }
}

/// Works as thread `index` of the run until it stops; blocks its Worker.
#[wasm_bindgen]
pub fn run_thread(handle: usize, index: u32) {
    // SAFETY: `handle` is the address of the boxed run of a `RaceHost`, in the linear memory that all Workers share; the
    // host is freed only after every follower has ended (www/lib/run.js). `Race` is `Sync`.
    let race = unsafe { &*(handle as *const Race) };
    race.run_thread(index);
}
