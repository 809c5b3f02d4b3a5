;; Tries: to hang whoever changes a setting.
;; Must: run out of fuel.
(func $check_settings (type $check_settings)
  (loop (br 0))
  unreachable)
