//! Audio: a tone in a WAV file, as telephone systems record (8 kHz, 16 bit, mono).

const SAMPLES_PER_SECOND: u32 = 8_000;
/// About half a second.
const SAMPLES: u32 = 4_000;
const LOUDNESS: f64 = 6_000.0;

/// A WAV file (RIFF, linear PCM) with a tone of its own: no two numbers give the same bytes.
pub(super) fn tone(number: usize) -> Vec<u8> {
    let data_bytes = SAMPLES * 2;
    let mut file = Vec::with_capacity(44 + data_bytes as usize);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data_bytes).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16_u32.to_le_bytes());
    file.extend_from_slice(&1_u16.to_le_bytes()); // linear PCM
    file.extend_from_slice(&1_u16.to_le_bytes()); // mono
    file.extend_from_slice(&SAMPLES_PER_SECOND.to_le_bytes());
    file.extend_from_slice(&(SAMPLES_PER_SECOND * 2).to_le_bytes());
    file.extend_from_slice(&2_u16.to_le_bytes());
    file.extend_from_slice(&16_u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&data_bytes.to_le_bytes());
    let hertz = 180.0 + 0.5 * number as f64;
    for sample in 0..SAMPLES {
        let phase = f64::from(sample) * hertz * std::f64::consts::TAU / f64::from(SAMPLES_PER_SECOND);
        #[expect(clippy::cast_possible_truncation, reason = "the loudness is far below what sixteen bits hold")]
        let value = (phase.sin() * LOUDNESS) as i16;
        file.extend_from_slice(&value.to_le_bytes());
    }
    file
}
