//! The lab's ring held against the kernel's own: real AIO contexts, real I/O, the mapped ring read by the lab's code.
//!
//! What it takes is asked of the host while the tests run, and a test whose host lacks something is reported as ignored,
//! with what was lacking; see [`kernel`].

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod kernel;

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn main() -> std::process::ExitCode {
    kernel::run()
}

/// No other host has contexts to be held against.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
fn main() {}
