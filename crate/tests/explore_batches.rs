//! Completions that come in batches, of which the table of truth knows nothing: Linux's come one by one. Every interleaving with
//! a reader and with migrations, under `v4`, and what breaks where a part of it is taken out.

#![cfg(not(target_arch = "wasm32"))]

use std::sync::atomic::{AtomicU32, Ordering};

use aio_ring_lab::aio::{PRESETS, Protocol, presets};
use aio_ring_lab::explore::scripted::{Scripted, in_the_table};
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Finding, Host, Moment, Program};
use aio_ring_lab::machine::model::{Body, Cells, Grain, Model};
use aio_ring_lab::machine::{Aborted, Machine, ThreadId};
use aio_ring_lab::ring::Geometry;
use aio_ring_lab::ring::IoEvent;
use aio_ring_lab::scenario::Counter;
use aio_ring_lab::scenario::catalog::find;
use aio_ring_lab::scenario::detect::Detector;
use aio_ring_lab::scenario::role::{Core, PageChoice, Role};
use aio_ring_lab::scenario::roles::{Actor, Work};
use aio_ring_lab::scenario::script::{Play, Script};
use aio_ring_lab::scenario::tag::Tag;
use aio_ring_lab::scenario::truth::Verdict as Expected;

/// Completions at once: as many as the ring has room for, so that they run over the end of a page.
const BATCH: usize = 2;

/// A script whose completers make [`BATCH`] completions at once, if there are slots.
struct Batched(Scripted);

/// The largest batch.
static LARGEST: AtomicU32 = AtomicU32::new(0);

impl Program for Batched {
    fn threads(&self) -> u32 {
        self.0.threads()
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        self.0.thread_name(thread)
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        let Scripted { script, protocol, world, .. } = &self.0;
        let play: Play = |actor, role| {
            Box::pin(async move {
                match (role, actor.work) {
                    (Role::Completer, Work::Rounds(rounds)) => complete(actor, rounds).await,
                    _ => actor.play(role).await,
                }
            })
        };
        script.begin_playing(play, world, *protocol, &[], visit);
    }

    fn is_broken(&self, memory: &Cells) -> bool {
        self.0.is_broken(memory)
    }

    fn is_beside_the_point(&self, memory: &Cells) -> bool {
        self.0.is_beside_the_point(memory)
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        self.0.judge(memory, moment)
    }
}

/// Submits and completes as many as there are slots for, so often.
async fn complete<M: Machine>(actor: Actor<'_, M, Protocol, Detector<'_, Cells>>, rounds: u32) -> Result<(), Aborted> {
    let Actor { aio, world, .. } = actor;
    let (m, control) = (aio.machine, &world.control);
    let cache = control.reqs_available(m.me());
    for _ in 0..rounds {
        m.begin_operation();
        let slots = aio.get_reqs_available_upto(&world.ctx, cache, BATCH as u32).await;
        LARGEST.fetch_max(slots, Ordering::Relaxed);
        let first = m.this_cpu_read(Counter::Completed.of(control, m.me()));
        let tag = |i| Tag { completer: m.me().index(), sequence: first + i };
        let events: Vec<IoEvent> = (0..slots).map(|i| tag(i).event(world.cookie)).collect();
        aio.complete_batch(&world.ctx, &events).await?;
        Counter::Completed.add(m, control, slots);
    }
    Ok(())
}

/// What a search came to in the table's words, and how many states it went through.
fn search(
    scenario: &str,
    protocol: Protocol,
    readers: u32,
    [completions, migrations]: [u32; 2],
) -> (Option<Expected>, u64) {
    let reader = Role::Reader { batch: BATCH as u32, inline: false, faults: false };
    let migrator = Role::Migrator { core: Core::Compaction, page: PageChoice::RoundRobin, pace: 0, widen: 0 };
    let mut threads = vec![(reader, 2); readers as usize];
    threads.extend([(Role::Completer, completions), (migrator, migrations)]);
    // Three slots on two pages; from the last one on, a batch wraps.
    let ring = Geometry::of_pages(2, 64);
    let script = Script { threads, ring, grain: Grain::Whole, start: ring.nr() - 1, passes: Some(2) };
    let program = Batched(Scripted::new(find(scenario).unwrap(), script, protocol));
    let found = states::search(&program, &Options::default(), &Host::quiet());
    assert_eq!(LARGEST.load(Ordering::Relaxed) as usize, BATCH);
    (in_the_table(&found), found.states.unwrap_or_default())
}

#[test]
fn nothing_breaks_under_v4() {
    for scenario in ["lost-head", "knock-on", "write-after-free", "read-after-free", "lost-completion"] {
        let (outcome, states) = search(scenario, PRESETS[presets::V4].parts, 1, [2, 2]);
        assert_eq!(outcome, Some(Expected::Holds), "{scenario}");
        assert!(states > 10_000, "{scenario}: {states}");
    }
}

#[test]
fn what_breaks_with_single_completions_breaks_with_batches() {
    let [racy, v4] = [presets::LINUX_3_12, presets::V4].map(|preset| PRESETS[preset].parts);
    for (scenario, protocol) in [
        ("lost-head", racy),
        ("write-after-free", racy),
        ("lost-completion", Protocol { completion_lock: false, ..v4 }),
    ] {
        let (outcome, _) = search(scenario, protocol, u32::from(scenario != "lost-completion"), [2, 2]);
        assert_eq!(outcome, Some(Expected::Broken), "{scenario}");
    }
}
