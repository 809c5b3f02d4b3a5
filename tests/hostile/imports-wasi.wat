;; Tries: to read the environment of the host.
;; Must: be refused by the name of its import.
(component
  (import "wasi:cli/environment@0.2.0" (instance
    (export "get-arguments" (func (result (list string)))))))
