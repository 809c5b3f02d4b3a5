;; Tries: to have eight million table elements before it runs at all.
;; Must: not be loaded.
(table $table 8000000 funcref)
