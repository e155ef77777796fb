//! The bench on this machine: `bench-native SUBJECT BATCH MS SAMPLES` prints the samples, nanoseconds a unit, as JSON.

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    use aio_ring_bench::{Bench, Subject};

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let parsed = match &arguments[..] {
        [subject, batch, ms, samples] => {
            Subject::find(subject).zip(batch.parse().ok()).zip(ms.parse().ok()).zip(samples.parse::<u32>().ok())
        }
        _ => None,
    };
    let Some((((subject, batch), ms), samples)) = parsed else {
        eprintln!("usage: bench-native SUBJECT BATCH MS SAMPLES");
        std::process::exit(2);
    };
    let mut bench = Bench::new(batch);
    // The first one warms caches and the clock up.
    bench.sample(subject, ms);
    let figures: Vec<String> = (0..samples).map(|_| bench.sample(subject, ms).to_string()).collect();
    assert_eq!(bench.corruptions(), 0, "the detectors saw corruptions");
    println!("[{}]", figures.join(","));
}

#[cfg(target_arch = "wasm32")]
fn main() {}
