;; Tries: memory that others may change meanwhile.
;; Must: not be valid in the engine profile.
(func (result i32)
  (i32.atomic.load (i32.const 0)))
