;; Tries: never to answer.
;; Must: run out of fuel, and be ended by the watchdog where there is fuel for ever.
(func $decide (type $decide)
  (loop (br 0))
  unreachable)
