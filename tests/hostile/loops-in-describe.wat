;; Tries: to hang whoever asks what it is.
;; Must: not be loaded, for want of fuel.
(func $describe (type $describe)
  (loop (br 0))
  unreachable)
