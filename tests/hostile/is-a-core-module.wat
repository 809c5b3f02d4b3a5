;; Tries: nothing; its author forgot to wrap it.
;; Must: be refused, saying so.
(module
  (func (export "decide")))
