//! `lapse`: a thin layer over the library. Everything it can do is in [`lapse::host`].

use std::process::ExitCode;

fn main() -> ExitCode {
    // Whatever file a command makes, in the store or beside it, is its owner's alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let mut arguments = std::env::args_os().skip(1).peekable();
    // Not a command: how `lapse` starts itself, in a process with limits, to compile a policy.
    if arguments.next_if(|first| first == lapse::policy::COMPILE_SUBCOMMAND).is_some() {
        return lapse::policy::compile_child_main(arguments);
    }
    lapse::cli::main()
}
