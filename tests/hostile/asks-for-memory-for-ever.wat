;; Tries: to spend the host's time instead of its own: a growth that its own maximum denies costs almost no fuel.
;; Must: be ended by the watchdog.
(memory $memory 2 2)

(func $decide (type $decide)
  (loop $again
    (drop (memory.grow (i32.const 1)))
    (br $again))
  unreachable)
