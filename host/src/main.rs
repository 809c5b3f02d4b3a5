//! `lapse`: a thin layer over the library. Everything it can do is in [`lapse::host`].

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).peekable();
    // Not a command: how `lapse` starts itself, in a process with limits, to compile a policy.
    if arguments.next_if(|first| first == lapse::policy::COMPILE_SUBCOMMAND).is_some() {
        return lapse::policy::compile_child_main(arguments);
    }
    lapse::cli::main()
}
