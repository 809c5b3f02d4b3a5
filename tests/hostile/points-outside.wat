;; Tries: to have the host read beyond its memory.
;; Must: be refused as unreadable.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (i32.store offset=12 (local.get $answer) (i32.const 0xfffffff0))
  (local.get $answer))
