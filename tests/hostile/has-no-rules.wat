;; Tries: to have no rule that could be named for what it does.
;; Must: not be loaded.
(data (i32.const 0x424) "\00\00\00\00")
