//! Progress bars on standard error, where that is a terminal.

use std::cell::RefCell;

use indicatif::{ProgressBar, ProgressStyle};

use crate::host::Progress;

/// One bar at a time.
#[derive(Default)]
pub(super) struct Bars {
    bar: RefCell<Option<ProgressBar>>,
}

impl Progress for Bars {
    fn start(&self, what: &str, total: Option<u64>) {
        let (bar, template) = match total {
            Some(total) => (ProgressBar::new(total), "{msg:22} {wide_bar} {percent:>3} %  {eta}"),
            None => (ProgressBar::new_spinner(), "{msg:22} {spinner} {human_pos}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        self.bar.replace(Some(bar));
    }

    fn advance(&self, count: u64) {
        if let Some(bar) = &*self.bar.borrow() {
            bar.inc(count);
        }
    }

    fn finish(&self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn warn(&self, what: &str) {
        eprintln!("warning: {what}");
    }
}
