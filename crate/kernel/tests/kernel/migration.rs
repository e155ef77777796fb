//! Reading while the host really moves the ring's pages: the situation of commit fa8a53c3, under a kernel that has it.
//!
//! A new ring's pages lie wherever there was room, and compacting memory moves most of them; a second time hardly any,
//! since they are then where compaction wants them. So there are many rings, each compacted while it is read.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aio_ring_kernel::host::{self, Pagemap};
use aio_ring_kernel::{Context, Lacks, MappedRing};
use aio_ring_lab::ring::Geometry;

use super::traffic::{self, Reaped, Reaping};
use super::{Seen, requests};

/// As long as this, new rings are begun.
const DURATION: Duration = Duration::from_millis(1500);
/// And as long as this, when no page has moved yet on a host that lets us try.
const PATIENCE: Duration = Duration::from_secs(6);
/// Traffic on one ring ends by then.
const LIMIT: Duration = Duration::from_secs(10);
/// The size asked for: a ring of many pages.
const ASKED: u32 = 1000;

/// `MPOL_MF_MOVE`, which `libc` leaves out: pages that only this process has mapped.
const MPOL_MF_MOVE: libc::c_int = 1 << 1;

const COMPACT_MEMORY: &str = "/proc/sys/vm/compact_memory";

/// Every event arrives once, whether pages move or not; that they have moved is what the test cannot do without.
pub fn while_pages_migrate() -> Seen {
    let cpus = host::possible_cpus()?;
    let geometry = Geometry::for_setup(ASKED, cpus, host::page_bytes());
    let requests = requests(geometry.nr() as usize + 8);
    let mut mover = Mover::new();
    let (mut rings, mut total) = (0, Reaped::default());
    let started = Instant::now();
    while started.elapsed() < if mover.may_succeed() { PATIENCE } else { DURATION } {
        let ring = MappedRing::new(Context::setup(ASKED)?, geometry, cpus)?;
        let (begun, moved) = (Instant::now(), AtomicBool::new(false));
        let reaped = thread::scope(|scope| {
            scope.spawn(|| {
                mover.move_pages_of(&ring);
                // ORDERING: Relaxed; a flag on its own.
                moved.store(true, Ordering::Relaxed);
            });
            let more = |_| !moved.load(Ordering::Relaxed) && begun.elapsed() < LIMIT;
            traffic::run(&ring, &requests, Reaping::InTurns, rings, more)
        });
        rings += 1;
        total.ours += reaped.ours;
        total.kernels += reaped.kernels;
        total.wraps += reaped.wraps;
    }
    let Reaped { ours, kernels, wraps } = total;
    let traffic =
        format!("{rings} rings, {ours} events by us, {kernels} by io_getevents, {wraps} wraps, each event once");
    if mover.moves == 0 {
        return Err(Lacks(format!("no page of a ring was seen to move: {mover}; {traffic}")));
    }
    Ok(format!("ring pages moved {} times: {mover}; {traffic}", mover.moves))
}

/// Makes the host move pages, and watches it. What cannot be had here is kept, to be told.
struct Mover {
    pagemap: Result<Pagemap, Lacks>,
    /// Whether the kernel has told a frame's number.
    told: bool,
    /// Times that a page of a ring was in another frame than before.
    moves: u64,
    compact_memory: Result<File, Lacks>,
    compactions: u32,
    nodes: Result<Vec<u32>, Lacks>,
    calls: usize,
}

impl Mover {
    fn new() -> Self {
        let compact_memory = OpenOptions::new().write(true).open(COMPACT_MEMORY);
        Self {
            pagemap: Pagemap::open(),
            told: false,
            moves: 0,
            compact_memory: compact_memory.map_err(|error| Lacks::because(COMPACT_MEMORY, &error)),
            compactions: 0,
            nodes: host::memory_nodes(),
            calls: 0,
        }
    }

    /// Whether no page has moved, but one could be made to and be seen.
    fn may_succeed(&self) -> bool {
        let several_nodes = self.nodes.as_ref().is_ok_and(|nodes| nodes.len() > 1);
        self.moves == 0 && self.told && (self.compact_memory.is_ok() || several_nodes)
    }

    /// Once there is traffic: compacts memory, asks for the ring's pages to be on another node, and does both again.
    fn move_pages_of(&mut self, ring: &MappedRing<'_>) {
        let geometry = ring.geometry();
        let started = Instant::now();
        while ring.context().header().tail == 0 && started.elapsed() < LIMIT {
            thread::yield_now();
        }
        let pages: Vec<usize> =
            (0..geometry.pages()).map(|page| ring.context().id() + (page * geometry.page_bytes()) as usize).collect();
        let mut last = self.frames(&pages);
        for _ in 0..2 {
            self.compact();
            self.watch(&pages, &mut last);
            self.ask_for_another_node(&pages);
            self.watch(&pages, &mut last);
        }
    }

    fn compact(&mut self) {
        if let Ok(file) = &mut self.compact_memory {
            match file.write_all(b"1") {
                Ok(()) => self.compactions += 1,
                Err(error) => self.compact_memory = Err(Lacks::because(COMPACT_MEMORY, &error)),
            }
        }
    }

    /// `move_pages(2)`: to each node in turn. With a single one the pages are there already.
    fn ask_for_another_node(&mut self, pages: &[usize]) {
        let Ok(nodes) = &self.nodes else { return };
        let node = nodes[self.calls % nodes.len()];
        let nodes = vec![node as libc::c_int; pages.len()];
        let mut status: Vec<libc::c_int> = vec![0; pages.len()];
        let myself = 0;
        // SAFETY: three arrays of as many elements as are said; the kernel writes to the last one. Pages may move at any
        // time anyway.
        let result = unsafe {
            let (count, pages, nodes, status) = (pages.len(), pages.as_ptr(), nodes.as_ptr(), status.as_mut_ptr());
            libc::syscall(libc::SYS_move_pages, myself, count, pages, nodes, status, MPOL_MF_MOVE)
        };
        self.calls += 1;
        // A positive result is no error: as many pages stayed where they were.
        if result < 0 {
            self.nodes = Err(Lacks::because("move_pages", &io::Error::last_os_error()));
        }
    }

    fn watch(&mut self, pages: &[usize], last: &mut [Option<u64>]) {
        for (last, now) in last.iter_mut().zip(self.frames(pages)) {
            self.told |= now.is_some();
            self.moves += u64::from(last.is_some() && now.is_some() && *last != now);
            *last = now.or(*last);
        }
    }

    /// The pages' frames, as far as they are told.
    fn frames(&self, pages: &[usize]) -> Vec<Option<u64>> {
        pages.iter().map(|&page| self.pagemap.as_ref().ok()?.frame(page)).collect()
    }
}

impl fmt::Display for Mover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.compact_memory {
            Ok(_) => write!(f, "{} compactions", self.compactions)?,
            Err(lacks) => write!(f, "{lacks}")?,
        }
        match &self.nodes {
            Ok(nodes) => write!(f, ", {} calls of move_pages, nodes with memory: {}", self.calls, nodes.len())?,
            Err(lacks) => write!(f, ", {lacks}")?,
        }
        match &self.pagemap {
            Ok(_) if self.told => Ok(()),
            Ok(_) => f.write_str(", frame numbers are hidden from this user"),
            Err(lacks) => write!(f, ", {lacks}"),
        }
    }
}
