;; Tries: to refuse with two megabytes of text.
;; Must: be refused by what an answer may carry.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $alloc (i32.const 28)))
  (drop (memory.grow (i32.const 32)))
  (memory.fill (i32.const 0x10000) (i32.const 0x61) (i32.const 0x1f0000))
  (i32.store8 (local.get $answer) (i32.const 1))
  (i32.store offset=4 (local.get $answer) (i32.const 0x10000))
  (i32.store offset=8 (local.get $answer) (i32.const 0x1f0000))
  (local.get $answer))
