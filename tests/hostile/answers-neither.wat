;; Tries: an answer that is neither verdicts nor a refusal.
;; Must: be refused as unreadable.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (i32.store8 (local.get $answer) (i32.const 2))
  (local.get $answer))
