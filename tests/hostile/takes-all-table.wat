;; Tries: to take all memory there is, as a table.
;; Must: be ended at the limit.
(table $table 1 funcref)

(func $decide (type $decide)
  (loop $more
    (drop (table.grow $table (ref.null func) (i32.const 1000)))
    (br $more))
  unreachable)
