//! Many checks, on all cores.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `check` with each of `all`; what it finds wrong must be nothing.
pub fn check_each<T: Sync>(all: &[T], check: impl Fn(&T) -> Vec<String> + Sync) {
    let next = AtomicUsize::new(0);
    let take = || all.get(next.fetch_add(1, Ordering::Relaxed));
    let work = || core::iter::from_fn(take).flat_map(&check).collect::<Vec<_>>();
    let cores = std::thread::available_parallelism().map_or(1, core::num::NonZero::get);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} wrong, in {} checks:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}
