;; Tries: to be installed as a policy that never answers.
;; Must: be refused, naming the contract.
(component)
