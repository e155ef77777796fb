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

/// What a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads events; `inline`: completes them itself first, as inline I/O does.
    Reader {
        /// Events asked for in a call.
        batch: u32,
        /// Whether it makes its own completions.
        inline: bool,
    },
    /// Submits and completes requests.
    Completer,
    /// Migrates pages of the ring.
    Migrator {
        /// Which ones.
        page: PageChoice,
        /// Migrations a second; 0: as many as it can.
        pace: u32,
        /// Turns of spinning between copy and publication; 0 unless asked for.
        widen: u32,
    },
}

impl Role {
    /// The role's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reader { .. } => "reader",
            Self::Completer => "completer",
            Self::Migrator { .. } => "migrator",
        }
    }

    /// The kernel function that the role is known by.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        match self {
            Self::Reader { .. } => "aio_read_events_ring()",
            Self::Completer => "aio_complete()",
            Self::Migrator { .. } => "aio_migratepage()",
        }
    }

    /// Whether the role makes completions.
    #[must_use]
    pub const fn completes(&self) -> bool {
        matches!(self, Self::Completer | Self::Reader { inline: true, .. })
    }
}
