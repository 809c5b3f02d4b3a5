;; Tries: to have the host read numbers from an odd address.
;; Must: be refused as unreadable.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (i32.store offset=20 (local.get $answer) (i32.const 0x1001))
  (local.get $answer))
