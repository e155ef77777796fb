//! **aio-ring-lab**: Linux's AIO completion ring, the race in its page migration (fixed by commit fa8a53c3, 2014), and
//! every version of the fix, as one protocol that runs on real threads, in a model, and in a browser.
//!
//! The protocol is written once, as `async` functions over a [`machine::Machine`]. Read [`aio::read`] and
//! [`aio::migrate`] first: they are what the whole project is about. Then [`machine`] says what a step is, [`scenario`]
//! who does what and how damage is noticed, [`lab`] how a run on threads is started and reported, [`explore`] how every
//! interleaving is searched, and [`trace`] how recorded steps become a picture.
//!
//! ```text
//! web → lab → scenario → aio → machine, ring          trace: data only
//!       explore → machine, ring
//! ```

#![cfg_attr(target_arch = "wasm32", feature(stdarch_wasm_atomic_wait))]
// What runs once or at the end of a run is compiled for size, which is a visitor's download.
#![cfg_attr(target_arch = "wasm32", feature(optimize_attribute))]

#[cfg(all(target_arch = "wasm32", not(target_feature = "atomics")))]
compile_error!("build with -Ctarget-feature=+atomics and the linker arguments of .cargo/config.toml");

pub mod aio;
pub mod explore;
pub mod lab;
pub mod machine;
pub mod prove;
pub mod ring;
pub mod scenario;
pub mod trace;
#[cfg(target_arch = "wasm32")]
pub mod web;
