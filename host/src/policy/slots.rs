//! Places for instances: the pool has so many, and who comes when all are taken waits instead of failing.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The free places of a pool.
#[derive(Clone)]
pub(super) struct Slots(Arc<Shared>);

struct Shared {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A place that is taken, until it is dropped. To be dropped after the store whose instance it is for.
pub(super) struct Slot(Arc<Shared>);

impl Slots {
    pub(super) fn new(count: usize) -> Slots {
        assert!(count > 0, "nobody would ever get a place");
        Slots(Arc::new(Shared { free: Mutex::new(count), freed: Condvar::new() }))
    }

    /// Takes a place, as soon as there is one.
    pub(super) fn take(&self) -> Slot {
        let free = self.0.freed.wait_while(self.0.lock(), |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Slot(Arc::clone(&self.0))
    }
}

impl Shared {
    /// A count is right whoever panicked while holding it: it changes in one step.
    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.lock() += 1;
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn no_more_are_inside_than_there_are_places() {
        let (slots, inside, most) = (Slots::new(3), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        let _slot = slots.take();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((1..=3).contains(&most.into_inner()));
        assert_eq!(*slots.0.lock(), 3, "every place is free again");
    }
}
