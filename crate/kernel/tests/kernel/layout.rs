//! The ring as it lies in memory: header, sizes, where events are.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aio_ring_kernel::arena::Arena;
use aio_ring_kernel::{Context, host};
use aio_ring_lab::ring::event::EVENT_BYTES;
use aio_ring_lab::ring::header::{COMPAT_FEATURES, HEADER_BYTES, INCOMPAT_FEATURES, MAGIC};
use aio_ring_lab::ring::{Geometry, IoEvent};

use super::{Seen, requests};

/// Every wait ends by then.
const LIMIT: Duration = Duration::from_secs(30);

/// What is asked for on both sides of a page's boundary: the most for `pages` pages, and one more.
fn boundary(pages: u32, page_bytes: u32) -> [u32; 2] {
    let most = (pages * page_bytes / EVENT_BYTES - 3) / 2;
    [most, most + 1]
}

/// Sizes that are round, sizes that are not, and both sides of many a page's boundary.
fn sizes(cpus: u32, page_bytes: u32) -> BTreeSet<u32> {
    let small = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 61, 62, 63, 64, 65, 100];
    let round = [126, 127, 128, 129, 130, 254, 255, 256, 257, 258, 500, 512, 1000, 1023, 1024, 1025, 1087, 2048, 4096];
    let odd = [2174, 2175, 2176, 3001, 4095];
    // Below four for every cpu the number asked for makes no difference.
    let floor = [cpus * 4 - 1, cpus * 4, cpus * 4 + 1];
    let least = Geometry::for_setup(1, cpus, page_bytes).pages();
    let boundaries = [0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 30, 31, 32, 62, 63, 64].into_iter().flat_map(|more| {
        let sides = boundary(least + more, page_bytes);
        // Or these sizes would prove little.
        let pages = sides.map(|asked| Geometry::for_setup(asked, cpus, page_bytes).pages());
        assert_eq!(pages, [least + more, least + more + 1], "asked {sides:?}");
        sides
    });
    small.into_iter().chain(round).chain(odd).chain(floor).chain(boundaries).collect()
}

/// For every size: the header has the kernel's constants, and `nr` and the mapping are as long as the geometry says.
pub fn header_and_sizes() -> Seen {
    let (cpus, page_bytes) = (host::possible_cpus()?, host::page_bytes());
    // Room for the smallest context at least.
    drop(Context::setup(1)?);
    let sizes = sizes(cpus, page_bytes);
    let mut pages = BTreeSet::new();
    let mut over_quota = 0;
    for &asked in &sizes {
        if asked > host::room_for_events()? {
            over_quota += 1;
            continue;
        }
        let context = Context::setup(asked)?;
        let header = context.header();
        let ring = Geometry::for_setup(asked, cpus, page_bytes);
        let constants = (header.magic, header.compat_features, header.incompat_features, header.header_length);
        assert_eq!(constants, (MAGIC, COMPAT_FEATURES, INCOMPAT_FEATURES, HEADER_BYTES), "asked {asked}: {header:?}");
        assert_eq!((header.head, header.tail), (0, 0), "asked {asked}: {header:?}");
        assert_eq!(header.nr, ring.nr(), "asked {asked} on {cpus} cpus");
        let (bytes, name) = host::mapping(context.id()).expect("the context's id is where its ring is mapped");
        assert_eq!(bytes, ring.pages() as usize * page_bytes as usize, "asked {asked} on {cpus} cpus: {name}");
        assert!(name.starts_with("/[aio]"), "asked {asked}: the ring's mapping is called {name:?}");
        pages.insert(ring.pages());
    }
    let tried = sizes.len() - over_quota;
    Ok(format!("{tried} sizes on {cpus} cpus, rings of {pages:?} pages; {over_quota} sizes over the quota"))
}

/// An empty ring of the kernel's is what the lab's setup writes, in every byte of every page.
pub fn empty_ring() -> Seen {
    let (cpus, page_bytes) = (host::possible_cpus()?, host::page_bytes());
    let mut bytes = 0;
    for asked in [1, 63, 300, 1024] {
        let context = Context::setup(asked)?;
        let ring = Geometry::for_setup(asked, cpus, page_bytes);
        let ours = Arena::new(ring, cpus, context.header().id);
        for page in 0..ring.pages() {
            let kernels = context.bytes((page * page_bytes) as usize, page_bytes as usize);
            let ours = ours.page(page);
            let ours: &[u8] = bytemuck::cast_slice(&ours);
            assert_eq!(ours.len(), kernels.len());
            let differing = ours.iter().zip(&kernels).position(|(ours, kernels)| ours != kernels);
            assert_eq!(differing, None, "asked {asked}: the first differing byte of page {page}");
            bytes += kernels.len();
        }
    }
    Ok(format!("{bytes} bytes"))
}

/// The event in slot `slot` of the mapped ring.
fn event_at(context: &Context<'_>, ring: Geometry, slot: u32) -> IoEvent {
    assert!(slot < ring.nr(), "there is no slot {slot}");
    let place = ring.locate(slot);
    let offset = place.page * ring.page_bytes() + place.index * EVENT_BYTES;
    bytemuck::pod_read_unaligned(&context.bytes(offset as usize, EVENT_BYTES as usize))
}

/// Fills the ring until the kernel takes no more, as often as it takes for each slot to have had an event, and finds
/// every event where the geometry says; `io_getevents` then returns the same ones.
pub fn every_slot() -> Seen {
    let asked = 100;
    let (cpus, page_bytes) = (host::possible_cpus()?, host::page_bytes());
    let ring = Geometry::for_setup(asked, cpus, page_bytes);
    let requests = requests(ring.nr() as usize);
    let context = Context::setup(asked)?;
    let (mut next, mut tail, mut passes) = (0, 0, 0);
    let mut held = BTreeSet::new();
    while held.len() < ring.nr() as usize {
        passes += 1;
        assert!(passes <= 8, "after 8 passes only {} of {} slots have had an event", held.len(), ring.nr());

        let mut filled = 0;
        for slot in 0..requests.slots() {
            requests.prepare(slot, next);
            match context.submit(&requests, &[slot]) {
                Ok(taken) => assert_eq!(taken, 1),
                Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => break,
                Err(error) => panic!("io_submit: {error}"),
            }
            next += 1;
            filled += 1;
        }
        assert!((asked..=ring.usable()).contains(&filled), "{filled} requests fitted into a ring of {}", ring.nr());
        let first = tail;
        tail = (tail + filled) % ring.nr();
        let started = Instant::now();
        while context.header().tail != tail {
            assert!(started.elapsed() < LIMIT, "the tail should get to {tail}: {:?}", context.header());
            std::thread::sleep(Duration::from_millis(1));
        }

        let slots = std::iter::successors(Some(first), |&slot| Some(ring.next(slot))).take(filled as usize);
        let found: Vec<IoEvent> = slots
            .map(|slot| {
                held.insert(slot);
                event_at(&context, ring, slot)
            })
            .collect();
        let mut numbers: Vec<u64> = found.iter().map(|event| event.data).collect();
        for event in &found {
            requests.finished(event);
        }
        numbers.sort_unstable();
        assert!(
            numbers.iter().copied().eq(next - u64::from(filled)..next),
            "not each of the requests once: {numbers:?}"
        );

        let mut returned = vec![IoEvent::default(); filled as usize];
        let count = context.get_events(filled as usize, &mut returned, LIMIT).expect("io_getevents");
        assert_eq!((count, &returned), (found.len(), &found), "io_getevents returns what lies there");
        assert_eq!(context.header().head, tail);
    }
    Ok(format!("{} slots on {} pages, {next} events in {passes} passes", ring.nr(), ring.pages()))
}
