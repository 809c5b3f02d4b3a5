;; Tries: to answer for a record that nobody asked about.
;; Must: be refused by its count of review days.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (i32.add (local.get 4) (i32.const 1))))
  (i32.store offset=8 (local.get $answer) (local.get 4))
  (i32.store offset=16 (local.get $answer) (local.get 4))
  (local.get $answer))
