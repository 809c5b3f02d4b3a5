;; Tries: to hang the host when it has the answer already, in the function that frees it.
;; Must: run out of fuel; the answer counts for nothing.
(func $after (param i32)
  (loop (br 0)))
