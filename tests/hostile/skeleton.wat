;; The honest policy that the hostile ones beside it are made of: it keeps everything, for ever.
;;
;; A hostile file is a list of module fields. Where it has a function or a memory of a name that is here, its own takes the
;; place of this one; a data segment of its own is written over these. Fields are paragraphs: no empty line inside one.
;;
;; How the contract crosses (canonical ABI), all offsets in bytes:
;;   decide  about 0, today 1, settings 2 and 3, rows 4, columns 5 and 6 -> an answer
;;   column  of 20: kind 0, then the list: pointer 4, length 8; of text: codes 4 and 8, values 12 and 16
;;   answer  of 28: 0 where it is one, then pointer and length of actions 4, rules 12, review-on 20;
;;           1 where it is a refusal, then its text: pointer 4, length 8

(type $describe (func (result i32)))

(type $check_settings (func (param i32 i32) (result i32)))

(type $decide (func (param i32 i32 i32 i32 i32 i32 i32) (result i32)))

(memory $memory 2)

(global $heap (mut i32) (i32.const 0x1000))

;; The manifest: name, version, columns of conversations, columns of snippets, rules, settings schema.
(data (i32.const 0x400)
  "\00\05\00\00\07\00\00\00" "\10\05\00\00\05\00\00\00" "\20\05\00\00\02\00\00\00"
  "\20\05\00\00\00\00\00\00" "\40\05\00\00\01\00\00\00" "\a0\05\00\00\11\00\00\00")

(data (i32.const 0x500) "hostile")

(data (i32.const 0x510) "1.0.0")

(data (i32.const 0x520) "\60\05\00\00\0b\00\00\00" "\70\05\00\00\05\00\00\00")

(data (i32.const 0x540) "\80\05\00\00\04\00\00\00" "\90\05\00\00\10\00\00\00")

(data (i32.const 0x560) "recorded-on")

(data (i32.const 0x570) "state")

(data (i32.const 0x580) "keep")

(data (i32.const 0x590) "Keeps all of it.")

(data (i32.const 0x5a0) "{\22type\22:\22object\22}")

(func $realloc (param $old i32) (param $old_size i32) (param $align i32) (param $size i32) (result i32)
  (local $at i32)
  (local.set $at
    (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
             (i32.sub (i32.const 0) (local.get $align))))
  (global.set $heap (i32.add (local.get $at) (local.get $size)))
  (loop $grow
    (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
      (then
        (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then unreachable))
        (br $grow))))
  (local.get $at))

(func $alloc (param $size i32) (result i32)
  (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (local.get $size)))

;; An answer that keeps so many records for ever; hostile policies change what they like in it.
(func $answer (param $rows i32) (result i32)
  (local $answer i32) (local $row i32)
  (local.set $answer (call $alloc (i32.const 28)))
  (i32.store offset=4 (local.get $answer) (call $alloc (local.get $rows)))
  (i32.store offset=8 (local.get $answer) (local.get $rows))
  (i32.store offset=12 (local.get $answer) (call $alloc (i32.mul (local.get $rows) (i32.const 2))))
  (i32.store offset=16 (local.get $answer) (local.get $rows))
  (i32.store offset=20 (local.get $answer) (call $alloc (i32.mul (local.get $rows) (i32.const 4))))
  (i32.store offset=24 (local.get $answer) (local.get $rows))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $row) (local.get $rows)))
      (i32.store
        (i32.add (i32.load offset=20 (local.get $answer)) (i32.mul (local.get $row) (i32.const 4)))
        (i32.const 0x80000000))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $next)))
  (local.get $answer))

;; The same, but what the first row is to have done to it is chosen.
(func $answer_with (param $rows i32) (param $actions i32) (result i32)
  (local $answer i32)
  (local.set $answer (call $answer (local.get $rows)))
  (if (local.get $rows) (then (i32.store8 (i32.load offset=4 (local.get $answer)) (local.get $actions))))
  (local.get $answer))

(func $describe (type $describe)
  (i32.const 0x400))

(func $check_settings (type $check_settings)
  (call $alloc (i32.const 12)))

(func $decide (type $decide)
  (call $answer (local.get 4)))

(func $after (param i32))

(export "memory" (memory $memory))

(export "cabi_realloc" (func $realloc))

(export "lapse:policy/policy@1.0.0#describe" (func $describe))

(export "lapse:policy/policy@1.0.0#check-settings" (func $check_settings))

(export "lapse:policy/policy@1.0.0#decide" (func $decide))

(export "cabi_post_lapse:policy/policy@1.0.0#decide" (func $after))
