//! All subjects by name, timed.

use core::fmt;

use aio_ring_lab::aio::presets::{LINUX_3_12, TANG_GU, V4};
use aio_ring_lab::machine::threads::time;
use aio_ring_lab::ring::EventBuffer;

use crate::limits::Limits;
use crate::rig::Rig;
use crate::{copying, moving, reading, running, spinlock};

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// [`reading::by_twin`], per event.
    ReadTwin,
    /// [`reading::by_machine`], per event.
    ReadMachine,
    /// [`reading::by_watch`], per event.
    ReadWatch,
    /// [`reading::by_detector`], per event.
    ReadDetector,
    /// [`spinlock::by_preset`] of `v4`, per event: in the same loop as the others, which [`Self::ReadMachine`] is not quite.
    ReadV4,
    /// [`spinlock::by_preset`] of `linux-3.12`, per event.
    ReadLinux312,
    /// [`spinlock::by_preset`] of `tang-gu`, per event.
    ReadTangGu,
    /// [`copying::records`], per event.
    Records,
    /// [`running::bare`], per event.
    Run,
    /// [`running::by_watch`] while nobody changes pages, per event.
    RunWatch,
    /// [`running::by_watch`] while somebody does, per event.
    RunWatchBusy,
    /// [`running::by_detector`] while nobody changes pages, per event.
    RunDetector,
    /// [`running::by_detector`] while somebody does, per event.
    RunDetectorBusy,
    /// [`moving::by_machine`], per migration.
    Migrate,
    /// [`Limits::copies`], per page.
    Copy,
    /// [`Limits::compare_exchanges`], per access.
    CompareExchange,
    /// [`Limits::stores`], per access.
    Store,
    /// [`Limits::migrations`], per migration.
    Demanded,
}

impl Subject {
    /// All of them, by the names that the driver uses.
    pub const ALL: [(&str, Self); 18] = [
        ("read/twin", Self::ReadTwin),
        ("read/machine", Self::ReadMachine),
        ("read/watch", Self::ReadWatch),
        ("read/detector", Self::ReadDetector),
        ("read/v4", Self::ReadV4),
        ("read/linux-3.12", Self::ReadLinux312),
        ("read/tang-gu", Self::ReadTangGu),
        ("records", Self::Records),
        ("run", Self::Run),
        ("run/watch", Self::RunWatch),
        ("run/watch-busy", Self::RunWatchBusy),
        ("run/detector", Self::RunDetector),
        ("run/detector-busy", Self::RunDetectorBusy),
        ("migrate", Self::Migrate),
        ("copy", Self::Copy),
        ("cas", Self::CompareExchange),
        ("store", Self::Store),
        ("demanded", Self::Demanded),
    ];

    /// The subject of this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, subject)| subject)
    }
}

/// Repeats `some`, which says how many units it did, for `ms` milliseconds at the least; nanoseconds a unit.
pub fn timed(ms: f64, mut some: impl FnMut() -> u32) -> f64 {
    let start = time::now();
    let mut units = 0;
    loop {
        units += u64::from(some());
        let passed = time::now() - start;
        if passed >= ms {
            return passed * 1e6 / units as f64;
        }
    }
}

/// A ring, a buffer and some memory: all subjects work on the same ones, since addresses alone can make a difference.
pub struct Bench {
    rig: Rig,
    /// For readers of a run, whose detectors would take the events of others for foreign ones.
    race: Rig,
    limits: Limits,
    events: EventBuffer,
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench").field("batch", &self.events.len()).finish_non_exhaustive()
    }
}

impl Bench {
    /// For reads of `batch` events a call.
    #[must_use]
    pub fn new(batch: u32) -> Self {
        Self { rig: Rig::new(), race: Rig::empty(), limits: Limits::new(), events: EventBuffer::new(batch) }
    }

    /// Repeats the subject for `ms` milliseconds at the least; nanoseconds a unit.
    ///
    /// A browser's clock has steps of 5 µs: `ms` should be 1 or more.
    pub fn sample(&mut self, subject: Subject, ms: f64) -> f64 {
        timed(ms, || self.some(subject))
    }

    /// Some 0.2 to 4 ms of the subject; how many units.
    fn some(&mut self, subject: Subject) -> u32 {
        let Self { rig, race, limits, events } = self;
        let batch = events.len() as u32;
        match subject {
            Subject::ReadTwin => reading::by_twin(rig, events),
            Subject::ReadMachine => reading::by_machine(rig, events),
            Subject::ReadWatch => reading::by_watch(rig, events),
            Subject::ReadDetector => reading::by_detector(rig, events),
            Subject::ReadV4 => spinlock::by_preset::<V4>(rig, events),
            Subject::ReadLinux312 => spinlock::by_preset::<LINUX_3_12>(rig, events),
            Subject::ReadTangGu => spinlock::by_preset::<TANG_GU>(rig, events),
            Subject::Records => copying::records(rig, events),
            Subject::Run => running::bare(race, batch),
            Subject::RunWatch => running::by_watch(race, batch, false),
            Subject::RunWatchBusy => running::by_watch(race, batch, true),
            Subject::RunDetector => running::by_detector(race, batch, false),
            Subject::RunDetectorBusy => running::by_detector(race, batch, true),
            Subject::Migrate => moving::by_machine(rig),
            Subject::Copy => limits.copies(),
            Subject::CompareExchange => limits.compare_exchanges(),
            Subject::Store => limits.stores(),
            Subject::Demanded => limits.migrations(),
        }
    }

    /// Corruptions that the detectors have seen; not 0 means that something else was measured than what it should be.
    #[must_use]
    pub fn corruptions(&self) -> u32 {
        let seen =
            |rig: &Rig| -> u32 { rig.world.corruption_counts(&rig.memory()).iter().map(|(_, count)| count).sum() };
        seen(&self.rig) + seen(&self.race)
    }
}
