;; Tries: instructions whose results differ between processors.
;; Must: not be valid in the engine profile.
(func (result v128)
  (i32x4.relaxed_trunc_f32x4_s (v128.const i32x4 0 0 0 0)))
