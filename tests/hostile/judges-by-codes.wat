;; Tries: to decide by the numbers that a dictionary happens to give its words.
;; Must: not stand the probe: another numbering changes the answer.
(data (i32.const 0x520) "\60\05\00\00\04\00\00\00")

(data (i32.const 0x560) "team")

(func $decide (type $decide)
  (local $answer i32) (local $row i32)
  (local.set $answer (call $answer (local.get 4)))
  (if (i32.eqz (local.get 6)) (then (return (local.get $answer))))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $row) (local.get 4)))
      (if (i32.eqz (i32.load (i32.add (i32.load offset=4 (local.get 5)) (i32.mul (local.get $row) (i32.const 4)))))
        (then
          (i32.store
            (i32.add (i32.load offset=20 (local.get $answer)) (i32.mul (local.get $row) (i32.const 4)))
            (i32.add (local.get 1) (i32.const 1)))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $next)))
  (local.get $answer))
