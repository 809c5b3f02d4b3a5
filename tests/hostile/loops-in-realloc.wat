;; Tries: to hang the host while it hands over the columns.
;; Must: run out of fuel.
(func $realloc (param i32 i32 i32 i32) (result i32)
  (loop (br 0))
  unreachable)

(func $answer (param i32) (result i32) unreachable)
