;; Tries: exceptions.
;; Must: not be valid in the engine profile.
(tag $thrown)

(func (throw $thrown))
