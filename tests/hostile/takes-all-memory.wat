;; Tries: to take all memory there is, and write to it.
;; Must: be ended at the limit.
(func $decide (type $decide)
  (loop $more
    (drop (memory.grow (i32.const 16)))
    (memory.fill
      (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 65536)) (i32.const 1) (i32.const 65536))
    (br $more))
  unreachable)
