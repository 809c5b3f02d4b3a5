//! What a `no_std` component needs to link: an allocator and an answer to a panic.

/// The allocator that Rust's own standard library uses on wasm32.
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// A panic traps: the host keeps everything. The message goes nowhere, since it could quote the data.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
