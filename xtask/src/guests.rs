//! Builds the policies that come with Lapse: from source to components that import nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use wit_component::{ComponentEncoder, DecodedWasm};

use crate::examples;
use crate::failure::{Failure, Result};
use crate::repository::{cargo_command, root, target};
use crate::step::run as run_command;
use crate::toolchain::{self, TARGET, Toolchain};

/// A policy that comes with Lapse.
struct Guest {
    /// The cargo package.
    package: &'static str,
    /// The name of the component's file.
    name: &'static str,
}

const GUESTS: &[Guest] = &[Guest { package: "lapse-standard-policy", name: "standard" }];

/// The profiles beside whose `lapse` the components are put: the host looks for `policies/` beside its executable.
const HOST_PROFILES: &[&str] = &["debug", "release"];

/// `cargo xtask guests [--examples]`.
pub(crate) fn command(arguments: &[String]) -> Result<()> {
    run()?;
    match arguments {
        [] => Ok(()),
        [flag] if flag == "--examples" => {
            build_lapse()?;
            examples::build()
        }
        _ => Err(Failure::usage("guests takes --examples or nothing".to_owned())),
    }
}

/// `cargo xtask tutorial`: the examples with all their tests, and the page that leads to them.
pub(crate) fn tutorial() -> Result<()> {
    run()?;
    build_lapse()?;
    examples::build()?;
    examples::test()?;
    examples::follow_tutorial()
}

fn build_lapse() -> Result<()> {
    run_command("building lapse", &mut cargo_command(&["build", "--workspace", "--bin", "lapse"]))
}

/// Builds the policies that the host needs.
pub(crate) fn run() -> Result<()> {
    let toolchain = toolchain::find()?;
    println!("toolchain: {}", toolchain.description);
    let target = target()?;
    for guest in GUESTS {
        let started = Instant::now();
        let module = build(guest, &toolchain, &target)?;
        let component = encode(&module)?;
        let file = target.join("guests").join(guest.name).with_extension("wasm");
        write(&file, &component)?;
        for profile in HOST_PROFILES {
            write(&target.join(profile).join("policies").join(guest.name).with_extension("wasm"), &component)?;
        }
        let (bytes, seconds) = (component.len(), started.elapsed().as_secs_f64());
        println!("{}: {bytes} bytes in {seconds:.1} s, {}", guest.name, file.display());
    }
    Ok(())
}

/// Compiles a guest to a core module; its path.
fn build(guest: &Guest, toolchain: &Toolchain, target: &Path) -> Result<PathBuf> {
    // A folder of its own: two cargos with two compilers would otherwise rebuild each other's work.
    let folder = target.join("wasm");
    let mut command = toolchain.cargo();
    command.args(["build", "--quiet", "--package", guest.package, "--profile", "guest", "--target", TARGET]);
    command.current_dir(root()).env("CARGO_TARGET_DIR", &folder);
    run_command(guest.name, &mut command)?;
    Ok(folder.join(TARGET).join("guest").join(guest.package.replace('-', "_")).with_extension("wasm"))
}

/// Wraps a core module as a component, and makes sure of what it imports: nothing.
fn encode(module: &Path) -> Result<Vec<u8>> {
    let refused = |error| Failure::new(format!("{} is no component: {error:#}", module.display()));
    let bytes = fs::read(module).map_err(|error| unwritable(module, &error))?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder.validate(true).module(&bytes).and_then(|encoder| encoder.encode()).map_err(refused)?;
    match wit_component::decode(&component).map_err(refused)? {
        DecodedWasm::Component(resolve, world) => {
            let imports: Vec<_> = resolve.worlds[world].imports.keys().map(|key| resolve.name_world_key(key)).collect();
            if imports.is_empty() {
                Ok(component)
            } else {
                Err(Failure::new(format!("{} imports {}", module.display(), imports.join(", "))))
            }
        }
        DecodedWasm::WitPackage(..) => Err(Failure::new(format!("{} has types only", module.display()))),
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    let folder = file.parent().expect("a file is in a folder");
    fs::create_dir_all(folder).and_then(|()| fs::write(file, bytes)).map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", file.display()))
}
