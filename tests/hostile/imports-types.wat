;; Tries: to import types only, which needs nothing of the host.
;; Must: be refused all the same: nothing is nothing, and a later version cannot then make it something.
(component
  (import "lapse:policy/types@1.0.0" (instance
    (type $day s32)
    (export "day" (type (eq $day))))))
