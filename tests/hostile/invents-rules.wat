;; Tries: to name a rule that its manifest does not have.
;; Must: be refused by that rule.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (i32.store16 (i32.load offset=12 (local.get $answer)) (i32.const 1))
  (local.get $answer))
