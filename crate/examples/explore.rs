//! How fast the search is: `cargo run --release --example explore -- [THREADS]`.

use core::sync::atomic::AtomicBool;
use std::time::Instant;

use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Host, Program};

fn main() {
    let threads = std::env::args().nth(1).map_or(1, |threads| threads.parse().expect("a number of threads"));
    if std::env::args().nth(2).is_some() {
        return scripts(threads);
    }
    let racy = |n| Miniature::new(MiniatureProtocol::Racy, n, n);
    for n in [4, 12, 24] {
        measure(&format!("miniature racy {n}x{n}"), &racy(n), threads);
    }
}

fn measure(name: &str, program: &dyn Program, threads: usize) {
    let began = Instant::now();
    let clock = || began.elapsed().as_secs_f64() * 1e3;
    let cancel = AtomicBool::new(false);
    let host = Host { clock: &clock, cancel: &cancel, progress: &|_| () };
    let verdict = states::search(program, &Options { threads, ..Options::default() }, &host);
    let states = verdict.states.unwrap_or(0) as f64;
    println!(
        "{name}: {}, {states} states, {} transitions, depth {}, {:.3} s, {:.0} states/s, {:.1} bytes/state, p(overlooked) <= {:.1e}",
        verdict.outcome.name(),
        verdict.transitions.unwrap_or(0),
        verdict.depth,
        verdict.seconds,
        states / verdict.seconds,
        verdict.bytes as f64 / states,
        verdict.overlooked,
    );
}

mod script {
    //! A script of `scenario`, explored.
    use aio_ring_lab::aio::presets::PRESETS;
    use aio_ring_lab::aio::{Aio, Protocol};
    use aio_ring_lab::explore::{Finding, Moment, Program};
    use aio_ring_lab::machine::ThreadId;
    use aio_ring_lab::machine::model::{Body, Cells, Model};
    use aio_ring_lab::ring::Memory;
    use aio_ring_lab::scenario::roles::Actor;
    use aio_ring_lab::scenario::script::Script;
    use aio_ring_lab::scenario::{Counter, Detector, Work, World, check};

    pub struct Explored {
        pub script: Script,
        pub world: World,
        pub protocol: Protocol,
    }

    impl Explored {
        pub fn new(script: Script, preset: usize) -> Self {
            Self { world: script.world(), script, protocol: PRESETS[preset].parts }
        }
    }

    impl Program for Explored {
        fn threads(&self) -> u32 {
            self.world.control.threads()
        }
        fn thread_name(&self, thread: ThreadId) -> String {
            self.world.thread_name(thread)
        }
        fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
            let world = &self.world;
            let statistics = [Counter::Calls, Counter::Migrations, Counter::Refused];
            let ignored: Vec<_> =
                world.control.all().flat_map(|t| statistics.map(|counter| counter.of(&world.control, t))).collect();
            let model = Model::new(world.words(), world.control, world.frames, self.script.grain).ignoring(ignored);
            world.init(model.memory());
            let machines: Vec<_> = world.control.all().map(|thread| model.thread(thread)).collect();
            let detectors: Vec<_> =
                world.control.all().map(|t| Detector::new(model.memory(), world, t, || 0.0)).collect();
            let bodies = machines.iter().zip(&detectors).zip(&self.script.threads);
            let bodies = bodies.map(|((machine, trace), &(role, rounds))| {
                let aio = Aio { machine, rules: self.protocol, trace };
                let actor = Actor { aio, world, work: Work::Rounds(rounds) };
                Box::pin(async move { actor.play(role).await }) as Body<'_>
            });
            let bodies = bodies.collect();
            visit(&model, bodies);
        }
        fn is_broken(&self, memory: &Cells) -> bool {
            memory.words()[self.world.control.frozen().index()].get() != 0
        }
        fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
            let finding =
                |invariant: &str, text: String| Finding { invariant: invariant.to_owned(), text, stuck: None };
            match moment {
                Moment::Stuck => {
                    Some(Finding { stuck: self.world.find_stuck(memory), ..finding("stuck", String::new()) })
                }
                _ if memory.load(self.world.control.frozen()) != 0 => {
                    let (kind, _) = *self.world.corruption_counts(memory).first()?;
                    Some(finding(kind.info().name, kind.info().label.to_owned()))
                }
                _ => check::at_rest(memory, &self.world).first().map(|b| finding(b.invariant, b.text.clone())),
            }
        }
    }
}

#[allow(dead_code)]
fn scripts(threads: usize) {
    use aio_ring_lab::aio::presets::{LINUX_3_12, V4};
    use aio_ring_lab::machine::model::Grain;
    use aio_ring_lab::ring::Geometry;
    use aio_ring_lab::scenario::script::Script;
    use aio_ring_lab::scenario::{PageChoice, Role};
    let reader = |batch, inline| Role::Reader { batch, inline };
    let migrator = |page| Role::Migrator { page, pace: 0, widen: 0 };
    let lost_head = |reads, migrations| Script {
        threads: vec![(reader(2, true), reads), (migrator(PageChoice::Zero), migrations)],
        ring: Geometry::of_pages(2, 64),
        grain: Grain::Whole,
    };
    measure("lost_head 4x3, linux-3.12", &script::Explored::new(lost_head(4, 3), LINUX_3_12), threads);
    for (r, m) in [(1, 1), (2, 2), (4, 3)] {
        measure(&format!("lost_head {r}x{m}, v4"), &script::Explored::new(lost_head(r, m), V4), threads);
    }
    let three = |n, m, c| Script {
        threads: vec![(reader(2, false), n), (migrator(PageChoice::RoundRobin), m), (Role::Completer, c)],
        ring: Geometry::of_pages(2, 64),
        grain: Grain::Whole,
    };
    for (n, m, c) in [(1, 1, 1), (2, 1, 2), (2, 2, 2)] {
        measure(
            &format!("reader {n}, migrator {m}, completer {c}, v4"),
            &script::Explored::new(three(n, m, c), V4),
            threads,
        );
    }
}
