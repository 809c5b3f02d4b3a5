;; Tries: flags that the contract does not have, among them all that it has.
;; Must: be refused by its bits.
(func $decide (type $decide)
  (call $answer_with (local.get 4) (i32.const 0xff)))
