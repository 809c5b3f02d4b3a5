;; Tries: to be given a function of its own making.
;; Must: be refused by the name of its import.
(component
  (import "tell-me-more" (func (result string))))
