//! `struct aio_ring` of `fs/aio.c`: the 32 bytes at the start of ring page 0.

use super::memory::{Addr, Memory};

/// `AIO_RING_MAGIC`.
pub const MAGIC: u32 = 0xa10a_10a1;
/// `AIO_RING_COMPAT_FEATURES`.
pub const COMPAT_FEATURES: u32 = 1;
/// `AIO_RING_INCOMPAT_FEATURES`.
pub const INCOMPAT_FEATURES: u32 = 0;
/// `sizeof(struct aio_ring)`, bytes.
pub const HEADER_BYTES: u32 = 32;

/// A field of `struct aio_ring`, as its word in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Field {
    /// Kernel-internal index of the context.
    Id = 0,
    /// Number of event slots.
    Nr = 1,
    /// Next event to read; written by readers.
    Head = 2,
    /// Next slot to fill; written by completions.
    Tail = 3,
    /// [`MAGIC`].
    Magic = 4,
    /// [`COMPAT_FEATURES`].
    Compat = 5,
    /// [`INCOMPAT_FEATURES`].
    Incompat = 6,
    /// [`HEADER_BYTES`].
    HeaderLength = 7,
}

impl Field {
    /// All fields in the order of their bytes.
    pub const ALL: [Self; 8] =
        [Self::Id, Self::Nr, Self::Head, Self::Tail, Self::Magic, Self::Compat, Self::Incompat, Self::HeaderLength];

    /// The kernel's name of the field.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Nr => "nr",
            Self::Head => "head",
            Self::Tail => "tail",
            Self::Magic => "magic",
            Self::Compat => "compat_features",
            Self::Incompat => "incompat_features",
            Self::HeaderLength => "header_length",
        }
    }

    /// Byte offset in the page.
    #[must_use]
    pub const fn byte(self) -> u32 {
        self as u32 * 4
    }

    /// The field's word in the page that starts at `page`.
    #[inline(always)]
    #[must_use]
    pub const fn at(self, page: Addr) -> Addr {
        page.offset(self as u32)
    }
}

/// A copy of `struct aio_ring`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// See [`Field::Id`].
    pub id: u32,
    /// See [`Field::Nr`].
    pub nr: u32,
    /// See [`Field::Head`].
    pub head: u32,
    /// See [`Field::Tail`].
    pub tail: u32,
    /// See [`Field::Magic`].
    pub magic: u32,
    /// See [`Field::Compat`].
    pub compat_features: u32,
    /// See [`Field::Incompat`].
    pub incompat_features: u32,
    /// See [`Field::HeaderLength`].
    pub header_length: u32,
}

impl Header {
    /// What `aio_setup_ring` writes: an empty ring of `nr` slots.
    #[must_use]
    pub const fn empty(id: u32, nr: u32) -> Self {
        Self {
            id,
            nr,
            head: 0,
            tail: 0,
            magic: MAGIC,
            compat_features: COMPAT_FEATURES,
            incompat_features: INCOMPAT_FEATURES,
            header_length: HEADER_BYTES,
        }
    }

    /// The first field in which it differs from `expected`, and what is there.
    #[must_use]
    pub fn unlike(self, expected: Self) -> Option<(Field, u32)> {
        let found = Field::ALL.into_iter().zip(self.to_words());
        found.zip(expected.to_words()).find_map(|(found, expected)| (found.1 != expected).then_some(found))
    }

    /// The header as words, in the order of [`Field::ALL`].
    #[must_use]
    pub const fn to_words(self) -> [u32; 8] {
        [
            self.id,
            self.nr,
            self.head,
            self.tail,
            self.magic,
            self.compat_features,
            self.incompat_features,
            self.header_length,
        ]
    }

    /// The header that `words` hold, in the order of [`Field::ALL`].
    #[must_use]
    pub const fn from_words(words: [u32; 8]) -> Self {
        let [id, nr, head, tail, magic, compat_features, incompat_features, header_length] = words;
        Self { id, nr, head, tail, magic, compat_features, incompat_features, header_length }
    }

    /// The header from its 32 bytes in memory, in the byte order of the machine (as the kernel maps it).
    #[must_use]
    pub fn from_bytes(bytes: [u8; HEADER_BYTES as usize]) -> Self {
        Self::from_words(bytemuck::cast(bytes))
    }

    /// Writes the header to the page at `page`.
    pub fn write(self, memory: &impl Memory, page: Addr) {
        memory.write(page, &self.to_words());
    }

    /// Reads the header of the page at `page`.
    #[must_use]
    pub fn read(memory: &impl Memory, page: Addr) -> Self {
        let mut words = [0; 8];
        memory.read(page, &mut words);
        Self::from_words(words)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn fields_lie_where_linux_puts_them() {
        let bytes: Vec<(&str, u32)> = Field::ALL.iter().map(|f| (f.name(), f.byte())).collect();
        assert_eq!(
            bytes,
            [
                ("id", 0),
                ("nr", 4),
                ("head", 8),
                ("tail", 12),
                ("magic", 16),
                ("compat_features", 20),
                ("incompat_features", 24),
                ("header_length", 28),
            ]
        );
    }

    #[test]
    fn the_first_field_that_differs_is_told_with_what_is_there() {
        let expected = Header::empty(3, 126);
        assert_eq!(expected.unlike(expected), None);
        for field in Field::ALL {
            // This field and all after it.
            let mut bytes = [0xee_u8; 32];
            let same = field.byte() as usize;
            bytes[..same].copy_from_slice(&bytemuck::bytes_of(&expected.to_words())[..same]);
            assert_eq!(Header::from_bytes(bytes).unlike(expected), Some((field, 0xeeee_eeee)));
        }
    }

    #[test]
    fn bytes_are_read_in_the_order_of_the_fields() {
        let mut bytes = [0_u8; 32];
        for (i, chunk) in bytes.chunks_exact_mut(4).enumerate() {
            chunk.copy_from_slice(&(100 + i as u32).to_ne_bytes());
        }
        let header = Header::from_bytes(bytes);
        assert_eq!(header.to_words(), [100, 101, 102, 103, 104, 105, 106, 107]);
        assert_eq!((header.id, header.nr, header.head, header.tail), (100, 101, 102, 103));
        assert_eq!((header.magic, header.header_length), (104, 107));
    }

    #[test]
    fn an_empty_ring_carries_the_kernels_constants() {
        let header = Header::empty(7, 127);
        assert_eq!(header.to_words(), [7, 127, 0, 0, 0xa10a_10a1, 1, 0, 32]);
    }
}
