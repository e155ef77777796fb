//! The rings on this machine: reads lines `SUBJECT BATCH MS`, takes a sample for each in that order, and prints a JSON array of
//! nanoseconds a unit, or in a figure's place `{"lacks": …}`: what the host would need.

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    use std::collections::HashMap;
    use std::io::stdin;

    let mut benches = HashMap::new();
    let mut samplers = HashMap::new();
    let figures: Vec<String> = stdin()
        .lines()
        .map(|line| {
            let line = line.expect("a line");
            let words: Vec<&str> = line.split_whitespace().collect();
            let [subject, batch, ms] = words[..] else { panic!("{line:?} is not SUBJECT BATCH MS") };
            let (batch, ms) = (batch.parse().expect("a batch"), ms.parse().expect("milliseconds"));
            sample(&mut benches, &mut samplers, subject, batch, ms)
        })
        .collect();
    println!("[{}]", figures.join(","));
}

#[cfg(not(target_arch = "wasm32"))]
fn sample(
    benches: &mut std::collections::HashMap<u32, aio_ring_bench::Bench>,
    samplers: &mut std::collections::HashMap<(String, u32), aio_ring_rival_rings::Sampler>,
    subject: &str,
    batch: u32,
    ms: f64,
) -> String {
    use std::collections::hash_map::Entry;

    use aio_ring_bench::{Bench, Subject};
    use aio_ring_rival_rings as rings;

    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    if let Some(figure) = rings::kernel::sample(subject, batch, ms) {
        return figure
            .map_or_else(|lacks| format!("{{\"lacks\":{:?}}}", lacks.to_string()), |figure| figure.to_string());
    }
    #[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
    if subject.starts_with("kernel/") {
        return "{\"lacks\":\"no Linux of 64 bits\"}".to_owned();
    }
    if let Some(pair) = rings::two_threads(subject, batch) {
        return pair.sample(ms).expect("both threads are here").to_string();
    }
    if let Some(subject) = Subject::find(subject) {
        return benches.entry(batch).or_insert_with(|| Bench::new(batch)).sample(subject, ms).to_string();
    }
    let sampler = match samplers.entry((subject.to_owned(), batch)) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(free) => {
            free.insert(rings::one_thread(subject, batch).unwrap_or_else(|| panic!("there is no subject {subject:?}")))
        }
    };
    sampler(ms).to_string()
}

#[cfg(target_arch = "wasm32")]
fn main() {}
