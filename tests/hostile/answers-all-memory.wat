;; Tries: to have the host copy all its memory, as a list of actions.
;; Must: be refused by what an answer may carry.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (drop (memory.grow (i32.const 32)))
  (i32.store offset=4 (local.get $answer) (i32.const 0))
  (i32.store offset=8 (local.get $answer) (i32.mul (memory.size) (i32.const 65536)))
  (local.get $answer))
