;; Tries: an answer that lies beyond its memory.
;; Must: be refused as unreadable.
(func $decide (type $decide)
  (i32.const 0xfffffffc))
