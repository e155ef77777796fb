//! Reading a kernel's ring with the lab's `aio_read_events_ring`.

use aio_ring_kernel::{Context, Lacks, MappedRing, host};
use aio_ring_lab::ring::Geometry;

use super::traffic::{self, Reaped, Reaping};
use super::{Seen, requests};

/// Times that the head goes round, at the least.
const ROUNDS: u64 = 6;

/// Every event is taken by the lab's reader. That the kernel goes on taking requests shows that it sees our head.
pub fn ours() -> Seen {
    let sizes = [1, 100, 1024];
    let reaped = sizes.map(|asked| cross_the_wrap(asked, Reaping::Ours));
    describe(sizes, reaped)
}

/// Both readers in turns: each goes on where the other has stopped.
pub fn in_turns() -> Seen {
    let sizes = [1, 100, 1024];
    let reaped = sizes.map(|asked| cross_the_wrap(asked, Reaping::InTurns));
    describe(sizes, reaped)
}

fn cross_the_wrap(asked: u32, reaping: Reaping) -> Result<(Reaped, bool), Lacks> {
    let cpus = host::possible_cpus()?;
    let ring = Geometry::for_setup(asked, cpus, host::page_bytes());
    // More than the ring can take at once, so that it is full now and then.
    let requests = requests(ring.nr() as usize + 8);
    let ring = MappedRing::new(Context::setup(asked)?, ring, cpus)?;
    let events = ROUNDS * u64::from(ring.geometry().nr()) + 1;
    let reaped = traffic::run(&ring, &requests, reaping, asked.into(), |submitted| submitted < events);
    assert!(reaped.events() >= events && reaped.wraps >= ROUNDS, "asked {asked}: {reaped:?}");
    match reaping {
        Reaping::Ours => assert_eq!(reaped.kernels, 0),
        Reaping::InTurns => assert!(reaped.ours > 0 && reaped.kernels > 0, "asked {asked}: {reaped:?}"),
    }
    Ok((reaped, requests.has_direct()))
}

fn describe<const N: usize>(sizes: [u32; N], reaped: [Result<(Reaped, bool), Lacks>; N]) -> Seen {
    let mut lines = Vec::new();
    for (asked, reaped) in sizes.into_iter().zip(reaped) {
        let (Reaped { ours, kernels, wraps }, direct) = reaped?;
        let direct = if direct { "" } else { ", no direct I/O here" };
        lines.push(format!("asked {asked}: {ours} by us, {kernels} by io_getevents, {wraps} wraps{direct}"));
    }
    Ok(lines.join("; "))
}
