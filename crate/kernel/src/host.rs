//! What the host has and says.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::ptr;

/// The host lacks something that a test needs; the text says what.
#[derive(Debug)]
pub struct Lacks(pub String);

impl fmt::Display for Lacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Lacks {
    /// `what` failed with `error`.
    pub fn because(what: &str, error: &io::Error) -> Self {
        Self(format!("{what}: {error}"))
    }
}

/// `PAGE_SIZE`.
pub fn page_bytes() -> u32 {
    // SAFETY: no pointers.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u32::try_from(bytes).expect("a page has a size")
}

/// `num_possible_cpus()`.
pub fn possible_cpus() -> Result<u32, Lacks> {
    Ok(list("/sys/devices/system/cpu/possible")?.len() as u32)
}

/// Numbers of the nodes that have memory.
pub fn memory_nodes() -> Result<Vec<u32>, Lacks> {
    list("/sys/devices/system/node/has_memory")
}

/// The events that contexts could still ask for: `aio-max-nr` less `aio-nr`.
pub fn room_for_events() -> Result<u32, Lacks> {
    let number = |path: &str| {
        let text = text(path)?;
        Ok(text.trim().parse::<u64>().unwrap_or_else(|_| panic!("{path} holds {text:?}")))
    };
    let room = number("/proc/sys/fs/aio-max-nr")?.saturating_sub(number("/proc/sys/fs/aio-nr")?);
    Ok(u32::try_from(room).unwrap_or(u32::MAX))
}

/// The line of `/proc/self/maps` for the mapping that begins at `address`: its length in bytes, and its name.
pub fn mapping(address: usize) -> Option<(usize, String)> {
    let maps = fs::read_to_string("/proc/self/maps").expect("a process can read its own mappings");
    maps.lines().find_map(|line| {
        let (from, rest) = line.split_once('-')?;
        let (to, rest) = rest.split_once(' ')?;
        let parse = |hex| usize::from_str_radix(hex, 16).expect("an address");
        // perms offset dev inode, then the name.
        let name = rest.split_whitespace().skip(4).collect::<Vec<_>>().join(" ");
        (parse(from) == address).then(|| (parse(to) - address, name))
    })
}

/// Page frame numbers of the process's own pages.
pub struct Pagemap(File);

impl Pagemap {
    const PRESENT: u64 = 1 << 63;
    const FRAME: u64 = (1 << 55) - 1;

    /// `/proc/self/pagemap`.
    pub fn open() -> Result<Self, Lacks> {
        let path = "/proc/self/pagemap";
        File::open(path).map(Self).map_err(|error| Lacks::because(path, &error))
    }

    /// The frame of the page at `address`; `None` where it is not in memory just now, or the kernel does not tell: it only
    /// does so with CAP_SYS_ADMIN.
    pub fn frame(&self, address: usize) -> Option<u64> {
        // It is of pages that this process has touched that the kernel knows where they are.
        // SAFETY: callers name a page that is mapped and can be read.
        let _ = unsafe { ptr::with_exposed_provenance::<u8>(address).read_volatile() };
        let mut entry = [0; 8];
        let at = address as u64 / u64::from(page_bytes()) * 8;
        self.0.read_exact_at(&mut entry, at).expect("the page is mapped");
        let entry = u64::from_ne_bytes(entry);
        Some(entry & Self::FRAME).filter(|&frame| entry & Self::PRESENT != 0 && frame != 0)
    }
}

fn text(path: &str) -> Result<String, Lacks> {
    fs::read_to_string(path).map_err(|error| Lacks::because(path, &error))
}

/// The numbers of a list such as `0-3,8`.
fn list(path: &str) -> Result<Vec<u32>, Lacks> {
    let text = text(path)?;
    let number = |digits: &str| digits.parse::<u32>().unwrap_or_else(|_| panic!("{path} holds {text:?}"));
    let ranges = text.trim().split(',').map(|range| range.split_once('-').unwrap_or((range, range)));
    Ok(ranges.flat_map(|(from, to)| number(from)..=number(to)).collect())
}
