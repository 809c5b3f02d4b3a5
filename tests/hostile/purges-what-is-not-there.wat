;; Tries: to have the audio of every record purged, whether it has any or not.
;; Must: not stand the probe.
(func $decide (type $decide)
  (local $answer i32)
  (local.set $answer (call $answer (local.get 4)))
  (memory.fill (i32.load offset=4 (local.get $answer)) (i32.const 0x01) (local.get 4))
  (local.get $answer))
