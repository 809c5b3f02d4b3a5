;; Tries: to bring down every batch that has a certain record in it: one recorded on 1970-01-08.
;; Must: trap, and the record be named.
(func $decide (type $decide)
  (local $row i32)
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $row) (local.get 4)))
      (if (i32.eq
            (i32.load (i32.add (i32.load offset=4 (local.get 5)) (i32.mul (local.get $row) (i32.const 4))))
            (i32.const 7))
        (then unreachable))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $next)))
  (call $answer (local.get 4)))
