;; Tries: to have the host read whatever the records' days spell as an answer: any lengths, any addresses, any flags.
;; Must: be refused, unless they spell an answer of the contract. Days 1, 2, 3 spell a refusal.
(func $decide (type $decide)
  (i32.load offset=4 (local.get 5)))
