;; Tries: to have one transcript anonymised and purged.
;; Must: not stand the probe: one of the two, or neither, makes sense for any record.
(func $decide (type $decide)
  (call $answer_with (local.get 4) (i32.const 0x0c)))
