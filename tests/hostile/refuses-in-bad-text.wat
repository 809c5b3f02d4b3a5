;; Tries: a refusal that is not UTF-8.
;; Must: be refused as unreadable.
(data (i32.const 0x700) "\ff\fe\fd\fc")

(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $alloc (i32.const 28)))
  (i32.store8 (local.get $answer) (i32.const 1))
  (i32.store offset=4 (local.get $answer) (i32.const 0x700))
  (i32.store offset=8 (local.get $answer) (i32.const 4))
  (local.get $answer))
