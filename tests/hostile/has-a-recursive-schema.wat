;; Tries: to hang the host in its own check of settings, outside the sandbox: {"$ref":"#"} is valid for ever.
;; Must: not be loaded.
(data (i32.const 0x5a0) "{\22$ref\22   : \22#\22 }")
