;; Tries: to export the contract's name with nothing behind it.
;; Must: not be loaded.
(component
  (instance $empty)
  (export "lapse:policy/policy@1.0.0" (instance $empty)))
