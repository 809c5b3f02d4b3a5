;; Tries: to have a gigabyte before it runs at all.
;; Must: not be loaded.
(memory $memory 16384)
