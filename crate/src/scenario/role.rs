//! Who does what: the roles that a thread can have.

/// Which page a migrator takes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageChoice {
    /// One after the other.
    RoundRobin,
    /// Always page 0, which has the header.
    Zero,
    /// Any, by the seed.
    Random,
}

/// Who calls migration, and with which locks held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// Compaction: none.
    Compaction,
    /// `move_pages`: `mmap_sem`, for reading.
    MovePages,
}

/// What a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads events; `inline`: completes them itself first, as inline I/O does.
    Reader {
        /// Events asked for in a call.
        batch: u32,
        /// Whether it makes its own completions.
        inline: bool,
        /// Whether copying events to the user faults, and so takes `mmap_sem` with `ring_lock` held.
        faults: bool,
    },
    /// Submits and completes requests.
    Completer,
    /// Migrates pages of the ring.
    Migrator {
        /// On whose behalf.
        core: Core,
        /// Which ones.
        page: PageChoice,
        /// Migrations a second; 0: as many as it can.
        pace: u32,
        /// Turns of spinning between copy and publication; 0 unless asked for.
        widen: u32,
    },
    /// Sets contexts up, over and over.
    Setup {
        /// Whether it fails, at one step after the other.
        failures: bool,
        /// Whether its own allocations compact its own ring.
        compacts: bool,
        /// Whether it destroys each context again, because nobody else does.
        destroys: bool,
    },
    /// Destroys contexts that others have set up.
    Teardown,
    /// Changes the address space, as `mmap` and `munmap` do: `mmap_sem`, for writing.
    AddressSpace,
}

impl Role {
    /// The role's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reader { .. } => "reader",
            Self::Completer => "completer",
            Self::Migrator { .. } => "migrator",
            Self::Setup { .. } => "setup",
            Self::Teardown => "teardown",
            Self::AddressSpace => "address-space",
        }
    }

    /// The kernel function that the role is known by.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        match self {
            Self::Reader { .. } => "aio_read_events_ring()",
            Self::Completer => "aio_complete()",
            Self::Migrator { .. } => "aio_migratepage()",
            Self::Setup { .. } => "ioctx_alloc()",
            Self::Teardown => "aio_free_ring()",
            Self::AddressSpace => "do_mmap()",
        }
    }

    /// Whether the role waits for locks while it holds others, as all do but readers and completers. A reader does so only where its protocol
    /// or its faults make it, behind its `ring_lock`: it counts as one that does not.
    #[must_use]
    pub const fn nests(&self) -> bool {
        !self.uses_ring()
    }

    /// Whether the role uses a ring that is there from the beginning.
    #[must_use]
    pub const fn uses_ring(&self) -> bool {
        matches!(self, Self::Reader { .. } | Self::Completer)
    }

    /// Whether the role makes completions.
    #[must_use]
    pub const fn completes(&self) -> bool {
        matches!(self, Self::Completer | Self::Reader { inline: true, .. })
    }
}
