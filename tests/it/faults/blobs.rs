//! Audio files that fail at one operation, around ones that work. Each file of a deletion is an operation of its own.

use std::path::Path;
use std::rc::Rc;

use lapse::blobs::{BlobError, Blobs, Deleting};

use super::Fault;

/// Audio files that fail at one operation.
pub(crate) struct FaultyBlobs {
    inner: Box<dyn Blobs>,
    fault: Rc<Fault>,
}

impl FaultyBlobs {
    pub(crate) fn over(inner: Box<dyn Blobs>, fault: Rc<Fault>) -> FaultyBlobs {
        FaultyBlobs { inner, fault }
    }
}

impl Blobs for FaultyBlobs {
    fn put(&self, name: &str, source: &Path) -> Result<(), BlobError> {
        self.fault.around("put", BlobError::Injected, || self.inner.put(name, source))
    }

    /// At once, so that the order of operations is the same every time.
    fn delete(&self, names: Vec<String>) -> Deleting<'_> {
        let one = |name| self.inner.delete(vec![name])().pop().expect("one answer a name");
        let around = |name| self.fault.around("delete", BlobError::Injected, || one(name));
        let deletions = names.into_iter().map(around).collect();
        Box::new(|| deletions)
    }

    fn exists(&self, name: &str) -> Result<bool, BlobError> {
        self.fault.around("exists", BlobError::Injected, || self.inner.exists(name))
    }

    fn list(&self, visit: &mut dyn FnMut(&str)) -> Result<(), BlobError> {
        self.fault.around("list", BlobError::Injected, || self.inner.list(visit))
    }
}
