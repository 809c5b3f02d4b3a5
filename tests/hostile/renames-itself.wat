;; Tries: to be another policy from the second time on that it is asked what it is.
;; Must: be harmless, likewise.
(global $calls (mut i32) (i32.const 0))

(func $describe (type $describe)
  (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
  (if (i32.gt_u (global.get $calls) (i32.const 1)) (then (i32.store8 (i32.const 0x500) (i32.const 0x61))))
  (i32.const 0x400))
