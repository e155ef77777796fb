//! Whole runs on this machine: `bench-contend MS TRIALS CONFIG...` lets each configuration run for so many milliseconds, so
//! many times, in random order, and prints what each trial came to, as JSON: counters a second, the longest wait for a lock.
//! No row of the bench calls it: it is for trying out how threads wait, without a browser. With two configurations:
//! `cargo run --release -p aio-ring-bench --bin bench-contend -- 300 5 '{"migrators":1}' '{"migrators":8,"protocol":"v1"}'`.

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    use aio_ring_lab::lab::{Race, RunConfig};
    use aio_ring_lab::ring::Memory;
    use aio_ring_lab::scenario::Counter;
    use serde_json::{Map, Value, json};
    use std::thread;
    use std::time::{Duration, Instant};

    let usage = || -> ! {
        eprintln!("usage: bench-contend MS TRIALS CONFIG...");
        std::process::exit(2);
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [ms, trials, configs @ ..] = &arguments[..] else { usage() };
    let (Ok(ms), Ok(trials)) = (ms.parse(), trials.parse::<u32>()) else { usage() };

    let trial = |config: &str| -> Value {
        let race = Race::new(RunConfig::parse(config).unwrap_or_else(|error| panic!("{config}: {error}")));
        let (control, started) = (&race.world().control, Instant::now());
        thread::scope(|scope| {
            for index in 0..control.threads() {
                let race = &race;
                scope.spawn(move || race.run_thread(index));
            }
            thread::sleep(Duration::from_millis(ms));
            race.stop();
        });
        let seconds = started.elapsed().as_secs_f64();
        let total = |counter: Counter| f64::from(counter.total(&race.memory(), control)) / seconds;
        let mut result: Map<String, Value> =
            Counter::ALL.iter().map(|(counter, name)| ((*name).to_owned(), total(*counter).into())).collect();
        let waits = control.all().map(|thread| race.memory().load(control.longest_wait(thread)));
        result.insert("longestWaitUs".to_owned(), waits.max().into());
        result.into()
    };
    let mut order: Vec<usize> = (0..trials).flat_map(|_| 0..configs.len()).collect();
    let mut random = fastrand::Rng::new();
    let mut results = vec![Vec::new(); configs.len()];
    for round in order.chunks_mut(configs.len()) {
        random.shuffle(round);
        for &mut i in round {
            results[i].push(trial(&configs[i]));
        }
    }
    let all: Vec<Value> =
        configs.iter().zip(results).map(|(config, trials)| json!({ "config": config, "trials": trials })).collect();
    println!("{}", Value::from(all));
}

#[cfg(target_arch = "wasm32")]
fn main() {}
