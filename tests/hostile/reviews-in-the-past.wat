;; Tries: to be asked again on the very day, every day, for ever.
;; Must: be refused by that day.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (i32.store (i32.load offset=20 (local.get $answer)) (local.get 1))
  (local.get $answer))
