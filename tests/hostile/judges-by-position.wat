;; Tries: to decide by where a record stands in its batch: the first one has its audio purged, if it has any.
;; Must: not stand the probe: another batching changes the answer.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (if (i32.and (i32.eqz (local.get 0)) (i32.gt_u (local.get 4) (i32.const 0)))
    (then
      (i32.store8
        (i32.load offset=4 (local.get $answer))
        (i32.and (i32.load8_u (i32.load offset=24 (local.get 5))) (i32.const 1)))
      (i32.store (i32.load offset=20 (local.get $answer)) (i32.add (local.get 1) (i32.const 1)))))
  (local.get $answer))
