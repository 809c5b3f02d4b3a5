;; Tries: a second memory, of 64-bit addresses.
;; Must: not be valid in the engine profile.
(memory $large i64 1)
