;; Tries: to write to the operator's terminal with its name.
;; Must: not be loaded; the name is shown without what would do harm.
(data (i32.const 0x500) "\1b[2J\07\0d")
