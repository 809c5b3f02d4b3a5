;; Tries: to clear the operator's screen and forge a line, in the text of a refusal.
;; Must: refuse, in harmless text of bounded length.
(data (i32.const 0x700) "\1b[2J\0d\0aall is well\e2\80\ae\00")

(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $alloc (i32.const 28)))
  (i32.store8 (local.get $answer) (i32.const 1))
  (i32.store offset=4 (local.get $answer) (i32.const 0x700))
  (i32.store offset=8 (local.get $answer) (i32.const 500))
  (local.get $answer))
