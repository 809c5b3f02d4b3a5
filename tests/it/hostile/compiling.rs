//! Modules that are small to send and large to compile, and compilers that are none.

use std::time::Duration;

use lapse::policy::{CompileError, CompileLimits, Compiler, LoadError, Policy};

use super::{compiler, engine, skeleton};

#[test]
fn compiling_ends_within_its_limits() {
    // Many functions, each with enough in it to keep the compiler busy.
    let work = "(local.set 0 (i64.add (i64.mul (local.get 0) (local.get 1)) (i64.div_u (local.get 1) (local.get 0))))";
    let function = format!("(func (param i64 i64) (result i64) {} (local.get 0))", work.repeat(12));
    let many = wat::parse_str(format!("(component (core module {}))", function.repeat(30_000))).expect("WebAssembly");
    let limits = CompileLimits { cpu_seconds: 1, memory_bytes: 4 << 30, deadline: Duration::from_secs(60) };
    let error = compiler().with_limits(limits).compile(&many).map(drop).expect_err("too much work");
    assert!(matches!(error, CompileError::Time { cpu_seconds: 1 }), "{error:?}");
    assert!(error.to_string().contains("--compile-seconds"), "{error}");

    // Ten thousand variables that change within a thousand loops: 57 KB for which the compiler wants 280 MiB.
    let locals = "(local i32)".repeat(10_000);
    let changes: String = (0..10_000).map(|local| format!("local.get 0 local.set {local} ")).collect();
    let loops = format!("{} {changes} {}", "loop ".repeat(1_000), "local.get 0 br_if 0 end ".repeat(1_000));
    let deep = wat::parse_str(format!("(component (core module (func {locals} {loops})))")).expect("WebAssembly");
    let limits = CompileLimits { cpu_seconds: 60, memory_bytes: 128 << 20, deadline: Duration::from_secs(120) };
    let error = compiler().with_limits(limits).compile(&deep).map(drop).expect_err("too much memory");
    assert!(matches!(error, CompileError::Memory { .. }), "{error:?}");
}

#[test]
fn what_is_admitted_already_is_given_more_time() {
    let strict = compiler().with_limits(CompileLimits { cpu_seconds: 1, ..CompileLimits::default() });
    assert!(strict.for_admitted().limits().cpu_seconds >= 2 * CompileLimits::default().cpu_seconds);
    assert_eq!(strict.for_admitted().limits().memory_bytes, CompileLimits::default().memory_bytes);
}

#[test]
fn components_within_components_end_too() {
    let inner = "(component $level0 (core module $module) (core instance (instantiate $module)))".to_owned();
    let nested = (1..=7).fold(inner, |text, level| {
        let instances = format!("(instance (instantiate $level{}))", level - 1).repeat(10);
        format!(
            "{text} (component $level{level} (alias outer 1 $level{below} (component $level{below})) {instances})",
            below = level - 1
        )
    });
    let module = wat::parse_str(format!("(component {nested} (instance (instantiate $level7)))")).expect("WebAssembly");
    let limits = CompileLimits { cpu_seconds: 2, memory_bytes: 256 << 20, deadline: Duration::from_secs(60) };
    assert!(compiler().with_limits(limits).compile(&module).is_err(), "ten million instances");
}

#[test]
fn a_compiler_that_is_not_there_or_is_something_else_is_an_error() {
    let honest = skeleton::honest();
    let missing = Compiler::new("/nonexistent/lapse").compile(&honest).map(drop).expect_err("no such program");
    assert!(matches!(missing, CompileError::Start { .. }), "{missing:?}");
    // It answers, but not with machine code, and says that all went well.
    let other = Compiler::new("/bin/echo").compile(&honest).expect("it ended well");
    let error = Policy::load(engine(), &other).map(drop).expect_err("that is no machine code");
    assert!(matches!(error, LoadError::Code(_)), "{error:?}");
}
