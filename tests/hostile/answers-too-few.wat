;; Tries: to leave out the last record, so that answers and records no longer match.
;; Must: be refused by its count of actions.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (i32.store offset=8 (local.get $answer) (i32.sub (local.get 4) (i32.const 1)))
  (local.get $answer))
