;; Tries: nothing; it is merely wrong.
;; Must: trap.
(func $decide (type $decide)
  (i32.div_u (i32.const 1) (i32.const 0)))
