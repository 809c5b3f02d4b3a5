;; Tries: to use up the stack of the host.
;; Must: use up its own.
(func $deeper (param i32) (result i32)
  (i32.add (i32.const 1) (call $deeper (i32.add (local.get 0) (i32.const 1)))))

(func $decide (type $decide)
  (call $deeper (i32.const 0)))
