;; Tries: to have a conversation deleted as if it were a snippet.
;; Must: not stand the probe.
(func $decide (type $decide)
  (call $answer_with (local.get 4) (i32.const 0x20)))
