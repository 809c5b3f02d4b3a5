//! Compiles a module in a child process with limits of its own: the compiler bounds neither its time nor its memory, and 76 KB
//! of module have been seen to take 200 MiB of it.
//!
//! The child is this executable again, with a subcommand that no help shows: the module on its standard input, the machine
//! code or the reason for there being none on its standard output. It has no environment and writes no file.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use wasmtime::component::Component;

use super::engine::{Backend, Engine, compiling_engine};
use super::limits::{
    CODE_BYTES_MAX, COMPILE_CPU_SECONDS, COMPILE_CPU_SECONDS_MAX, COMPILE_MEMORY_BYTES_MAX, COMPILE_PATIENCE,
    MODULE_BYTES_MAX,
};
use super::module::ModuleDigest;
use super::text::GuestText;

/// The subcommand that makes this executable the compiling child: see [`compile_child_main`].
pub const COMPILE_SUBCOMMAND: &str = "compile-policy";

/// The child's exit code where the compiler refuses the module.
const EXIT_REFUSED: u8 = 65;
/// The child's exit code where it could not do its work.
const EXIT_BROKEN: u8 = 70;

/// What compiling one module may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Processor time in seconds.
    pub cpu_seconds: u64,
    /// Address space in bytes.
    pub memory_bytes: u64,
    /// Time by the clock; longer than the processor time, so that a busy machine refuses nothing.
    pub deadline: Duration,
}

impl Default for CompileLimits {
    fn default() -> CompileLimits {
        CompileLimits::within(COMPILE_CPU_SECONDS)
    }
}

impl CompileLimits {
    /// The usual ones but for the processor time.
    pub fn within(cpu_seconds: u64) -> CompileLimits {
        let deadline = Duration::from_secs(cpu_seconds.saturating_mul(COMPILE_PATIENCE));
        CompileLimits { cpu_seconds, memory_bytes: COMPILE_MEMORY_BYTES_MAX, deadline }
    }
}

/// Machine code of a module, and which module it is of. Only [`Compiler`] and [`super::Cache`] make one, so that loading it
/// is loading what this executable compiled.
pub struct Compiled {
    digest: ModuleDigest,
    code: Vec<u8>,
}

impl Compiled {
    /// Vouches that `code` came from the compiling child, or that its authenticity has been checked.
    pub(super) fn vouched(digest: ModuleDigest, code: Vec<u8>) -> Compiled {
        Compiled { digest, code }
    }

    /// The module that this is the code of.
    pub fn digest(&self) -> ModuleDigest {
        self.digest
    }

    pub(super) fn code(&self) -> &[u8] {
        &self.code
    }

    /// The one place where code is loaded without being compiled here.
    #[expect(unsafe_code, reason = "loading machine code is trusting it; `vouched` says why it may be trusted")]
    pub(super) fn component(&self, engine: &Engine) -> wasmtime::Result<Component> {
        // SAFETY: the code is wasmtime's own output, unchanged: from the child's pipe, or from a cache file whose MAC is right.
        unsafe { Component::deserialize(engine.wasmtime(), &self.code) }
    }
}

/// A module that could not be compiled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The compiler refuses it.
    #[error("the module does not compile: {0}")]
    Refused(GuestText),
    /// It took too long.
    #[error(
        "compiling the module takes more than {cpu_seconds} s of processor time; where you trust its author, allow more with \
         --compile-seconds"
    )]
    Time {
        /// The limit.
        cpu_seconds: u64,
    },
    /// It took too much memory, or crashed the compiler, which looks the same from outside.
    #[error("compiling the module takes more than {} MiB of memory", memory_bytes >> 20)]
    Memory {
        /// The limit.
        memory_bytes: u64,
    },
    /// Its code is too large.
    #[error("the module's machine code is larger than {} MiB", CODE_BYTES_MAX >> 20)]
    CodeTooLarge,
    /// The child could not do its work.
    #[error("the compiling process failed ({0})")]
    Broken(ExitStatus),
    /// There is no child.
    #[error("cannot start the compiling process {executable}")]
    Start {
        /// What was to be started.
        executable: PathBuf,
        /// Why it was not.
        #[source]
        source: io::Error,
    },
}

/// Compiles modules in a child process.
#[derive(Clone, Debug)]
pub struct Compiler {
    executable: PathBuf,
    limits: CompileLimits,
    backend: Backend,
}

impl Compiler {
    /// With this executable as the child; `lapse` itself, or a path to it.
    pub fn new(executable: impl Into<PathBuf>) -> Compiler {
        Compiler { executable: executable.into(), limits: CompileLimits::default(), backend: Backend::Native }
    }

    /// With the running executable as the child.
    pub fn this_executable() -> io::Result<Compiler> {
        Ok(Compiler::new(std::env::current_exe()?))
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: CompileLimits) -> Compiler {
        Compiler { limits, ..self }
    }

    /// The same for a module that was admitted before: a slower machine, or a busier one, does not refuse it again.
    #[must_use]
    pub fn for_admitted(&self) -> Compiler {
        self.clone().with_limits(CompileLimits::within(self.limits.cpu_seconds.max(COMPILE_CPU_SECONDS_MAX)))
    }

    /// The same for wasmtime's interpreter.
    #[must_use]
    pub fn for_interpreter(&self) -> Compiler {
        Compiler { backend: Backend::Pulley, ..self.clone() }
    }

    /// What compiling one module may use.
    pub fn limits(&self) -> CompileLimits {
        self.limits
    }

    /// Compiles a module.
    pub fn compile(&self, module: &[u8]) -> Result<Compiled, CompileError> {
        let start = |source| CompileError::Start { executable: self.executable.clone(), source };
        let mut child = self.command().spawn().map_err(start)?;
        let output = self.converse(&mut child, module);
        let status = child.wait().map_err(start)?;
        self.judge(output, status).map(|code| Compiled::vouched(ModuleDigest::of(module), code))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command.arg(COMPILE_SUBCOMMAND);
        command.args([self.limits.cpu_seconds.to_string(), self.limits.memory_bytes.to_string()]);
        command.arg(u8::from(self.backend == Backend::Pulley).to_string());
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Writes the module while reading the answer; where that takes too long, ends the child, and `None`. An error on a pipe is not looked at:
    /// the child's exit code says what went wrong.
    fn converse(&self, child: &mut Child, module: &[u8]) -> Option<Vec<u8>> {
        let mut stdin = child.stdin.take().expect("the child's input is a pipe");
        let stdout = child.stdout.take().expect("the child's output is a pipe");
        thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(module));
            let (sender, receiver) = mpsc::channel();
            scope.spawn(move || {
                let mut output = Vec::new();
                let _ = stdout.take(CODE_BYTES_MAX as u64 + 1).read_to_end(&mut output);
                let _ = sender.send(output);
            });
            let output = receiver.recv_timeout(self.limits.deadline).ok();
            if output.is_none() {
                // Ends both threads: their pipes break.
                let _ = child.kill();
            }
            output
        })
    }

    fn judge(&self, output: Option<Vec<u8>>, status: ExitStatus) -> Result<Vec<u8>, CompileError> {
        let CompileLimits { cpu_seconds, memory_bytes, .. } = self.limits;
        let Some(output) = output else { return Err(CompileError::Time { cpu_seconds }) };
        if output.len() > CODE_BYTES_MAX {
            return Err(CompileError::CodeTooLarge);
        }
        match (status.code(), signal(status)) {
            (Some(0), _) => Ok(output),
            (Some(code), _) if code == i32::from(EXIT_REFUSED) => {
                Err(CompileError::Refused(GuestText::new(&String::from_utf8_lossy(&output))))
            }
            (_, Some(SIGKILL | SIGXCPU)) => Err(CompileError::Time { cpu_seconds }),
            (_, Some(SIGABRT | SIGBUS | SIGSEGV)) => Err(CompileError::Memory { memory_bytes }),
            _ => Err(CompileError::Broken(status)),
        }
    }
}

const SIGABRT: i32 = 6;
const SIGBUS: i32 = 7;
const SIGKILL: i32 = 9;
const SIGSEGV: i32 = 11;
const SIGXCPU: i32 = 24;

fn signal(status: ExitStatus) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;
    status.signal()
}

/// The compiling child. The executable's `main` calls it where the first argument is [`COMPILE_SUBCOMMAND`], with those after
/// it, before anything else.
pub fn compile_child_main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<u64> =
        arguments.into_iter().filter_map(|argument| argument.to_str().and_then(|text| text.parse().ok())).collect();
    let [cpu_seconds, memory_bytes, interpreted] = arguments[..] else { return ExitCode::from(EXIT_BROKEN) };
    let backend = if interpreted == 0 { Backend::Native } else { Backend::Pulley };
    let compiled = limit_this_process(cpu_seconds, memory_bytes).and_then(|()| compile_here(backend));
    let (code, output) = match compiled {
        Ok(Ok(code)) => (0, code),
        Ok(Err(reason)) => (EXIT_REFUSED, reason.into_bytes()),
        Err(_) => return ExitCode::from(EXIT_BROKEN),
    };
    match io::stdout().write_all(&output) {
        Ok(()) => ExitCode::from(code),
        Err(_) => ExitCode::from(EXIT_BROKEN),
    }
}

/// No more processor time or memory than this, no files, and no core dump to leave anything in.
fn limit_this_process(cpu_seconds: u64, memory_bytes: u64) -> io::Result<()> {
    let limits =
        [(Resource::Cpu, cpu_seconds), (Resource::As, memory_bytes), (Resource::Fsize, 0), (Resource::Core, 0)];
    limits.into_iter().try_for_each(|(resource, limit)| {
        Ok(setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?)
    })
}

fn compile_here(backend: Backend) -> io::Result<Result<Vec<u8>, String>> {
    let mut module = Vec::new();
    io::stdin().take(MODULE_BYTES_MAX as u64 + 1).read_to_end(&mut module)?;
    let engine = compiling_engine(backend).map_err(io::Error::other)?;
    // `precompile_component` takes binaries only: this wasmtime is built without its text format.
    Ok(engine.precompile_component(&module).map_err(|error| format!("{error:#}")))
}
