//! Scripts that mean harm, each with one clear error.

use super::*;
use serde_json::json;

/// What a script ends with when it may take only a quarter of a second.
fn soon(kind: ScriptKind, text: &str) -> Result<Value, ScriptError> {
    within(Duration::from_millis(250), kind, text)
}

fn within(limit: Duration, kind: ScriptKind, text: &str) -> Result<Value, ScriptError> {
    let job = Job { kind, text: text.into(), input: json!({"s": "a".repeat(40)}), dialect: Dialect::Conductor };
    let thread = std::thread::Builder::new().stack_size(workers::STACK_BYTES);
    let run = thread.spawn(move || job.run(Instant::now() + limit)).expect("a thread");
    run.join().expect("no panic")
}

fn check(text: &str, expected: &ScriptError) {
    assert_eq!(soon(ScriptKind::Javascript, text).as_ref(), Err(expected), "{text}");
}

fn check_threw(text: &str, expected: &str) {
    let message = soon(ScriptKind::Javascript, text).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains(expected), "{text}: {message}");
}

#[test]
fn what_does_not_end_is_ended() {
    check("while (true) ;", &ScriptError::TimedOut);
    check("for (;;) { try { throw 1 } catch (e) { } }", &ScriptError::TimedOut);
    check("/(a+)+$/.test($.s + 'b')", &ScriptError::TimedOut);
    check("({get x() { for (;;) ; }})", &ScriptError::TimedOut);
    check("[3, 2, 1].sort(() => { for (;;) ; })", &ScriptError::TimedOut);
    check("new Proxy({}, {ownKeys() { for (;;) ; }})", &ScriptError::TimedOut);
}

#[test]
fn what_takes_all_memory_is_ended() {
    let text = "let a = []; for (;;) a.push('x'.repeat(99999) + a.length)";
    let filled = within(Duration::from_secs(59), ScriptKind::Javascript, text);
    assert_eq!(filled, Err(ScriptError::OutOfMemory));
    check("let s = 'x'; for (;;) s += s + 'y'", &ScriptError::OutOfMemory);
    check("'x'.repeat(1 << 28)", &ScriptError::OutOfMemory);
}

#[test]
fn what_calls_itself_without_end_is_an_error() {
    check_threw("(function f() { f() })()", "RangeError: Maximum call stack size exceeded");
    check_threw("let o = {}; o.toString = () => '' + o; '' + o", "Maximum call stack size exceeded");
}

#[test]
fn results_have_a_size_and_a_depth() {
    check("const o = {}; o.self = o; o", &ScriptError::Result { what: "nested too deeply, or refers to itself" });
    check(
        "let o = {}; for (let i = 0; i < 500; i++) o = {o}; o",
        &ScriptError::Result { what: "nested too deeply, or refers to itself" },
    );
    check("'x'.repeat(17 << 20)", &ScriptError::Result { what: "too large" });
    check("new Array(2000000)", &ScriptError::Result { what: "too large" });
    check("const row = new Array(1000).fill(1); new Array(2000).fill(row)", &ScriptError::Result { what: "too large" });
}

#[test]
fn nothing_of_the_machine_is_within_reach() {
    for name in ["require", "process", "std", "os", "fetch", "console", "load", "print", "setTimeout", "Java", "Deno"] {
        check_threw(name, &format!("ReferenceError: {name} is not defined"));
    }
    check_threw("import('fs').then.x.y", "undefined");
}

#[test]
fn a_script_leaves_nothing_behind() {
    let tamper = [
        "Array.prototype.map = () => 'mine'; Object.prototype.mine = 1; globalThis.mine = 1; String = null; 0",
        "JSON.stringify = () => 'mine'; delete Object.keys; Math.max = () => 'mine'; var leaked = 1; let kept = 2; 0",
        "Object.prototype.toString = () => 'mine'; Symbol.prototype.x = 1; Error.prepareStackTrace = () => 'mine'; 0",
        "Object.defineProperty(Object.prototype, '0', {set() { throw 'mine' }}); Map.prototype.entries = null; 0",
    ];
    let proofs = [
        ("[1].map(x => x)", json!([1])),
        ("typeof mine + typeof leaked + typeof kept", json!("undefinedundefinedundefined")),
        ("Math.max(1, 2)", json!(2)),
        ("JSON.stringify({a: 1}) + Object.keys({b: 1})", json!("{\"a\":1}b")),
        ("'' + {}", json!("[object Object]")),
        ("new Map([['a', [1]]])", json!({"a": [1]})),
        ("$.s.length", json!(40)),
    ];
    for dialect in [Dialect::Legwork, Dialect::Conductor] {
        for text in tamper {
            let given = run(ScriptKind::Javascript, text, json!({}), dialect);
            assert_eq!(given, Ok(json!(0)), "{text}");
            for (proof, expected) in &proofs {
                let input = json!({"s": "a".repeat(40)});
                assert_eq!(
                    run(ScriptKind::Javascript, proof, input, dialect).as_ref(),
                    Ok(expected),
                    "{proof} after {text}"
                );
            }
        }
    }
}

#[test]
fn the_engine_lives_on_after_a_limit() {
    check("while (true) ;", &ScriptError::TimedOut);
    assert_eq!(soon(ScriptKind::Javascript, "1 + 1"), Ok(json!(2)));
    check("'x'.repeat(1 << 28)", &ScriptError::OutOfMemory);
    assert_eq!(soon(ScriptKind::Javascript, "[1, 2].map(x => x * 2)"), Ok(json!([2, 4])));
}

#[test]
fn jq_programs_have_the_same_limits() {
    let check = |text: &str, expected: &ScriptError| {
        assert_eq!(soon(ScriptKind::Jq, text).as_ref(), Err(expected), "{text}");
    };
    check("def f: f; f", &ScriptError::Result { what: "nested too deeply, or refers to itself" });
    check("1 | until(false; . + 1)", &ScriptError::TimedOut);
    assert_eq!(within(Duration::from_secs(59), ScriptKind::Jq, "[range(1e12)]"), Err(ScriptError::OutOfMemory));
    check(".s * 1e12", &ScriptError::OutOfMemory);
    check("reduce range(64) as $i (.s; . + .)", &ScriptError::OutOfMemory);
    check("reduce range(64) as $i ([1]; . + .)", &ScriptError::OutOfMemory);
    check("reduce range(100000) as $i (0; reduce range(100000) as $j (.; . + 1))", &ScriptError::TimedOut);
    for name in ["env", "$ENV", "input", "halt", "debug", "now", "input_filename", "getpath([\"a\"])"] {
        let message = soon(ScriptKind::Jq, name).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains("does not exist") || message.contains("Undefined variable"), "{name}: {message}");
    }
    let nested = "[".repeat(5000);
    assert!(soon(ScriptKind::Jq, &nested).is_err());
    let slow = soon(ScriptKind::Jq, ".s | test(\"(a+)+$(?!b)c\")");
    assert!(slow.is_err() || slow == Ok(json!([false])), "{slow:?}");
}
