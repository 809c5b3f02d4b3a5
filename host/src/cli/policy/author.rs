//! `lapse policy new` and `lapse policy component`: for people who write policies. Neither needs a store.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::authoring::{Language, Name, ProjectFile, component, project};
use crate::cli::Reply;
use crate::cli::commands::read_module;
use crate::error::Error;

/// A language, as the command line calls it.
#[derive(Clone, Copy, ValueEnum)]
enum Written {
    /// Rust; needs cargo and the target wasm32-unknown-unknown
    Rust,
    /// JavaScript; needs Node.js with npm
    #[value(name = "javascript")]
    JavaScript,
    /// Python; needs Python with pip and venv
    Python,
    /// C; needs clang and lld
    C,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  lapse policy new keep-sales-short --language rust
  cd keep-sales-short && ./build.sh && lapse policy check keep-sales-short.wasm")]
pub(in crate::cli) struct NewArguments {
    /// Its name: lower-case words joined by hyphens; also the folder's
    #[arg(value_parser = |text: &str| text.parse::<Name>())]
    name: Name,
    /// What to write it in
    #[arg(long, value_enum)]
    language: Written,
}

#[derive(Args)]
pub(in crate::cli) struct ComponentArguments {
    /// A core module with the contract's functions, as a compiler makes it
    module: PathBuf,
    /// Where to put the component
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

/// Makes a project in a folder of the policy's name, which must not be there yet.
pub(in crate::cli) fn new(arguments: &NewArguments) -> Result<Reply, Error> {
    let language = match arguments.language {
        Written::Rust => Language::Rust,
        Written::JavaScript => Language::JavaScript,
        Written::Python => Language::Python,
        Written::C => Language::C,
    };
    let name = arguments.name.to_string();
    let folder = Path::new(&name);
    fs::create_dir(folder).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => Error::Input(format!("{name} is there already; nothing was written")),
        _ => failed(folder, source),
    })?;
    let files = project(language, &arguments.name);
    for file in &files {
        let path = folder.join(file.path);
        write(&path, file).map_err(|source| failed(&path, source))?;
    }
    let text = format!("{name}: {} files\n  next: cd {name} && ./build.sh", files.len());
    Ok(Reply::done(text, json!({ "folder": name, "files": files.iter().map(|file| file.path).collect::<Vec<_>>() })))
}

fn write(path: &Path, file: &ProjectFile) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("a file is in a folder"))?;
    let mode = if file.is_executable { 0o777 } else { 0o666 };
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?.write_all(file.text.as_bytes())
}

/// Wraps a core module as a component.
pub(in crate::cli) fn wrap(arguments: &ComponentArguments) -> Result<Reply, Error> {
    let refused = |error| Error::Input(format!("{}: {error}", arguments.module.display()));
    let component = component(&read_module(&arguments.module)?).map_err(refused)?;
    fs::write(&arguments.output, &component).map_err(|source| failed(&arguments.output, source))?;
    let file = arguments.output.display().to_string();
    Ok(Reply::done(format!("{file}: {} bytes", component.len()), json!({ "file": file, "bytes": component.len() })))
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::File { what: "writing", path: path.display().to_string(), source }
}
