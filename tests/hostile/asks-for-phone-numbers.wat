;; Tries: to read what no policy may read.
;; Must: not be loaded; the columns there are are listed.
(data (i32.const 0x560) "cust-number")
