;; Tries: never to let an instance be made.
;; Must: not be loaded, for want of fuel.
(func $begin (loop (br 0)))

(start $begin)
