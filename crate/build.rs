//! The largest memory that each wasm module may have, of this package and of the bench's. It is an argument of the module's own link, and not one of the flags of
//! `.cargo/config.toml`: another flag there means another std, built anew.

use std::env;

/// Races and comparisons: small on purpose, for Safari reserves all of it.
const RACES: u32 = 64 << 20;
/// Searches remember millions of states.
const SEARCHES: u32 = 512 << 20;

fn main() {
    // There is one in either package, and it says the features.
    println!("cargo::rerun-if-changed=Cargo.toml");
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        let most = if env::var_os("CARGO_FEATURE_EXPLORER").is_some() { SEARCHES } else { RACES };
        println!("cargo::rustc-link-arg=--max-memory={most}");
    }
}
