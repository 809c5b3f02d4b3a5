//! The SQLite file format, read by other code than the host's, to say of every byte whether anything uses it.
//!
//! After <https://www.sqlite.org/fileformat2.html>. The whole file is walked from its header: every table and index, the pages
//! that cells overflow into, the list of free pages, the pointer map. A page that is reached by none of these is reported too.

/// What is in a database file though nothing uses it, one line for each place; empty where all of it is zero.
pub(super) fn unused_but_not_zero(bytes: &[u8]) -> Vec<String> {
    let mut walk = Walk::new(bytes);
    walk.everything();
    walk.report()
}

struct Walk<'a> {
    bytes: &'a [u8],
    page_bytes: usize,
    usable: usize,
    /// For each page that was reached: what it is, and which of its bytes are used.
    reached: Vec<Option<(&'static str, Vec<bool>)>>,
    complaints: Vec<String>,
}

const HEADER_BYTES: usize = 100;

fn be16(bytes: &[u8], at: usize) -> usize {
    usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))
}

fn be32(bytes: &[u8], at: usize) -> usize {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize
}

/// A variable-length integer and how many bytes it takes.
fn varint(bytes: &[u8]) -> (u64, usize) {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(9) {
        if index == 8 {
            return (value << 8 | u64::from(*byte), 9);
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return (value, index + 1);
        }
    }
    (value, bytes.len())
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Walk<'a> {
        let page_bytes = match be16(bytes, 16) {
            1 => 65_536,
            bytes => bytes,
        };
        let pages = be32(bytes, 28);
        let mut complaints = Vec::new();
        if bytes.len() != pages * page_bytes {
            complaints.push(format!("{} bytes for {pages} pages of {page_bytes}", bytes.len()));
        }
        let usable = page_bytes - usize::from(bytes[20]);
        Walk { bytes, page_bytes, usable, reached: vec![None; pages + 1], complaints }
    }

    fn page(&self, number: usize) -> &'a [u8] {
        &self.bytes[(number - 1) * self.page_bytes..number * self.page_bytes]
    }

    fn reach(&mut self, number: usize, kind: &'static str) {
        if number == 0 || number >= self.reached.len() {
            self.complaints.push(format!("a {kind} page {number} beyond the file"));
        } else if let Some((before, _)) = self.reached[number].replace((kind, vec![false; self.page_bytes])) {
            self.complaints.push(format!("page {number} is {before} and {kind}"));
        }
    }

    fn mark(&mut self, number: usize, range: std::ops::Range<usize>) {
        if let Some((_, used)) = &mut self.reached[number] {
            used[range].fill(true);
        }
    }

    fn everything(&mut self) {
        self.pointer_maps();
        let roots = self.tree(1, true);
        for root in roots {
            self.tree(root, false);
        }
        self.free_pages();
    }

    fn pointer_maps(&mut self) {
        if be32(self.bytes, 52) == 0 {
            return;
        }
        let described = self.usable / 5;
        for number in (2..self.reached.len()).step_by(described + 1) {
            self.reach(number, "pointer map");
            // Kinds and numbers of pages, also of pages that are no more.
            self.mark(number, 0..5 * described);
        }
    }

    fn free_pages(&mut self) {
        let mut trunk = be32(self.bytes, 32);
        while trunk != 0 {
            self.reach(trunk, "free list");
            let page = self.page(trunk);
            let leaves = be32(page, 4);
            // Beyond these are numbers of pages that have been taken from the list.
            self.mark(trunk, 0..self.usable);
            for leaf in 0..leaves {
                self.reach(be32(page, 8 + 4 * leaf), "free");
            }
            trunk = be32(page, 0);
        }
    }

    /// Walks a tree; the root pages that its rows name, if it is the schema's.
    fn tree(&mut self, root: usize, is_schema: bool) -> Vec<usize> {
        let mut roots = Vec::new();
        let mut pages = vec![root];
        while let Some(number) = pages.pop() {
            self.reach(number, "tree");
            let page = self.page(number);
            let header = if number == 1 { HEADER_BYTES } else { 0 };
            let kind = page[header];
            let (is_leaf, is_table) = (matches!(kind, 10 | 13), matches!(kind, 5 | 13));
            if !matches!(kind, 2 | 5 | 10 | 13) {
                self.complaints.push(format!("page {number} is no tree page but {kind}"));
                continue;
            }
            let header_bytes = if is_leaf { 8 } else { 12 };
            let cells = be16(page, header + 3);
            self.mark(number, 0..header + header_bytes + 2 * cells);
            if !is_leaf {
                pages.push(be32(page, header + 8));
            }
            self.free_blocks(number, be16(page, header + 1));
            for cell in 0..cells {
                let at = be16(page, header + header_bytes + 2 * cell);
                if !is_leaf {
                    pages.push(be32(page, at));
                }
                let payload = self.cell(number, at, is_leaf, is_table);
                if is_schema && is_leaf {
                    roots.extend(root_page(&page[payload]));
                }
            }
        }
        roots
    }

    fn free_blocks(&mut self, number: usize, mut block: usize) {
        let page = self.page(number);
        while block != 0 {
            self.mark(number, block..block + 4);
            block = be16(page, block);
        }
    }

    /// Marks a cell and the pages that it overflows into; where in the page its payload begins and how far it goes there.
    fn cell(&mut self, number: usize, at: usize, is_leaf: bool, is_table: bool) -> std::ops::Range<usize> {
        let page = self.page(number);
        let mut end = if is_leaf { at } else { at + 4 };
        if is_table && !is_leaf {
            end += varint(&page[end..]).1;
            self.mark(number, at..end);
            return end..end;
        }
        let (payload, bytes) = varint(&page[end..]);
        end += bytes;
        if is_table {
            end += varint(&page[end..]).1;
        }
        let payload = usize::try_from(payload).expect("a payload fits in memory");
        let local = self.local(payload, is_table);
        let start = end;
        end += local;
        if local < payload {
            self.overflow(be32(page, end), payload - local);
            end += 4;
        }
        // A cell takes at least four bytes, so that a free block fits where it was.
        self.mark(number, at..end.max(at + 4));
        start..start + local
    }

    /// How much of a payload is in the cell itself.
    fn local(&self, payload: usize, is_table: bool) -> usize {
        let usable = self.usable;
        let most = if is_table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
        let least = (usable - 12) * 32 / 255 - 23;
        if payload <= most {
            return payload;
        }
        let fitting = least + (payload - least) % (usable - 4);
        if fitting <= most { fitting } else { least }
    }

    fn overflow(&mut self, mut number: usize, mut left: usize) {
        while left > 0 {
            self.reach(number, "overflow");
            let here = left.min(self.usable - 4);
            self.mark(number, 0..4 + here);
            left -= here;
            number = be32(self.page(number), 0);
        }
    }

    fn report(mut self) -> Vec<String> {
        for number in 1..self.reached.len() {
            let page = self.page(number);
            let Some((kind, used)) = &self.reached[number] else {
                self.complaints.push(format!("page {number} belongs to nothing"));
                continue;
            };
            let left: Vec<usize> = (0..self.page_bytes).filter(|at| !used[*at] && page[*at] != 0).collect();
            if let (Some(first), Some(last)) = (left.first(), left.last()) {
                self.complaints.push(format!("{kind} page {number}: {} bytes between {first} and {last}", left.len()));
            }
        }
        self.complaints
    }
}

/// The root page in a row of the schema: its fourth column. Views and triggers have none.
fn root_page(record: &[u8]) -> Option<usize> {
    let (header_bytes, mut at) = varint(record);
    let mut body = usize::try_from(header_bytes).expect("a header fits in memory");
    for column in 0..4 {
        let (kind, bytes) = varint(&record[at..]);
        at += bytes;
        let width = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind as usize,
            5 => 6,
            6 | 7 => 8,
            text => (text as usize - 12) / 2,
        };
        if column == 3 {
            let root = record[body..body + width].iter().fold(0, |root, byte| root << 8 | usize::from(*byte));
            return (root > 0).then_some(root);
        }
        body += width;
    }
    None
}
