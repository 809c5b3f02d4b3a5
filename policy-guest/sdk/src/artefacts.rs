//! Which artefacts a record has.

wit_bindgen::rt::bitflags::bitflags! {
    /// Which artefacts a record has: the bits of the column `state`.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub struct Artefacts: u8 {
        /// The audio file.
        const AUDIO = 1;
        /// The customer's number, name and reference.
        const CUSTOMER = 1 << 1;
        /// The transcript, as it was spoken.
        const TRANSCRIPT = 1 << 2;
        /// The transcript, anonymised.
        const ANONYMISED_TRANSCRIPT = 1 << 3;
        /// Score, sentiment, duration, tracker hits.
        const STATISTICS = 1 << 4;
    }
}
