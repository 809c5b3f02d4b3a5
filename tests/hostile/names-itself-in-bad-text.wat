;; Tries: a name that is not UTF-8.
;; Must: not be loaded.
(data (i32.const 0x500) "\c3\28")
