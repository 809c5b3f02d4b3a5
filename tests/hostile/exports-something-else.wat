;; Tries: to be a component of another kind, as one picks the wrong file.
;; Must: be refused, naming what it exports and the contract.
(component
  (core module $module (func (export "run")))
  (core instance $instance (instantiate $module))
  (func (export "run") (canon lift (core func $instance "run"))))
