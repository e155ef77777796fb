//! `struct io_event` of `include/uapi/linux/aio_abi.h`: 32 bytes.

use bytemuck::{Pod, Zeroable};

use super::memory::Addr;

/// `sizeof(struct io_event)`, bytes.
pub const EVENT_BYTES: u32 = 32;
/// Words in an event.
pub const EVENT_WORDS: u32 = EVENT_BYTES / 4;

/// One completion, byte for byte as the kernel writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct IoEvent {
    /// The data field of the request; `aio_data`.
    pub data: u64,
    /// The request; user pointer of its `struct iocb`.
    pub obj: u64,
    /// Result of the request.
    pub res: i64,
    /// Second result.
    pub res2: i64,
}

// SAFETY: four 8-byte integers, `repr(C)`: no padding, every bit pattern is a value.
unsafe impl Zeroable for IoEvent {}
// SAFETY: as above; `Copy`, `'static`, no interior mutability, no pointers.
unsafe impl Pod for IoEvent {}

impl IoEvent {
    /// The first word of event `index` of the page at `page`; index 0 of ring page 0 is the header.
    #[inline(always)]
    #[must_use]
    pub const fn at(page: Addr, index: u32) -> Addr {
        page.offset(index * EVENT_WORDS)
    }

    /// The event as words.
    #[inline(always)]
    #[must_use]
    pub fn words(events: &[Self]) -> &[u32] {
        bytemuck::cast_slice(events)
    }

    /// Events as words that can be written.
    #[inline(always)]
    #[must_use]
    pub fn words_mut(events: &mut [Self]) -> &mut [u32] {
        bytemuck::cast_slice_mut(events)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use core::mem::{offset_of, size_of};

    #[test]
    fn fields_lie_where_linux_puts_them() {
        assert_eq!(size_of::<IoEvent>(), 32);
        assert_eq!(offset_of!(IoEvent, data), 0);
        assert_eq!(offset_of!(IoEvent, obj), 8);
        assert_eq!(offset_of!(IoEvent, res), 16);
        assert_eq!(offset_of!(IoEvent, res2), 24);
    }
}
