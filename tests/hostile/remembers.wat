;; Tries: to answer otherwise from its second batch on.
;; Must: be harmless: every batch has an instance of its own, so there is no second one.
(global $calls (mut i32) (i32.const 0))

(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (if (i32.and (i32.gt_u (global.get $calls) (i32.const 1)) (i32.gt_u (local.get 4) (i32.const 0)))
    (then (i32.store8 (i32.load offset=4 (local.get $answer)) (i32.const 0x01))))
  (local.get $answer))
