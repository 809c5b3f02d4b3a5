//! What people who write policies need of Lapse before there is one: a project to start from, and a component of what their
//! compiler made. Runs nothing, downloads nothing, and knows no store.

mod component;
mod project;

pub use component::{ComponentError, component};
pub use project::{Language, Name, NameError, ProjectFile, project};
