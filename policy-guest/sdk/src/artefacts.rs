//! Which artefacts a record has, and the two deletions of them that policies mostly ask for.

use crate::Actions;

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

impl Artefacts {
    /// Partial deletion: what is personal, of what there is. Audio, customer, and the transcript if it is to be anonymised; if
    /// not, it stays as it was spoken.
    #[inline]
    pub fn partial_deletion(self, anonymise: bool) -> Actions {
        let transcript = if anonymise { Actions::ANONYMISE_TRANSCRIPT } else { Actions::empty() };
        self.present(Artefacts::AUDIO, Actions::PURGE_AUDIO)
            | self.present(Artefacts::CUSTOMER, Actions::PURGE_CUSTOMER)
            | self.present(Artefacts::TRANSCRIPT, transcript)
    }

    /// Complete deletion: everything there is. Every stored conversation has statistics: they are what counts it.
    #[inline]
    pub fn complete_deletion(self) -> Actions {
        const TRANSCRIPTS: Artefacts = Artefacts::TRANSCRIPT.union(Artefacts::ANONYMISED_TRANSCRIPT);
        self.present(Artefacts::AUDIO, Actions::PURGE_AUDIO)
            | self.present(Artefacts::CUSTOMER, Actions::PURGE_CUSTOMER)
            | self.present(TRANSCRIPTS, Actions::PURGE_TRANSCRIPT)
            | self.present(Artefacts::STATISTICS, Actions::PURGE_STATISTICS)
    }

    #[inline]
    fn present(self, artefacts: Artefacts, action: Actions) -> Actions {
        if self.intersects(artefacts) { action } else { Actions::empty() }
    }
}
