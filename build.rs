//! Links the command at a fixed address on Linux with glibc, as Go's linker does: the loader has nothing to relocate then, which
//! is a third of the time that a short command takes. Whoever wants it otherwise says so, and is heard:
//! `RUSTFLAGS="-C relocation-model=pic"`. Programs that embed the library are linked as they choose.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let holds = |name: &str, text: &str| env::var(name).is_ok_and(|value| value.contains(text));
    let is_glibc = holds("CARGO_CFG_TARGET_OS", "linux") && holds("CARGO_CFG_TARGET_ENV", "gnu");
    let is_static = holds("CARGO_CFG_TARGET_FEATURE", "crt-static");
    if is_glibc && !is_static && !holds("CARGO_ENCODED_RUSTFLAGS", "relocation-model") {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
