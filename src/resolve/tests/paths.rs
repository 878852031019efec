//! The path dialect, one row a behaviour. Values were recorded from a server where a case shows them; the rest follows
//! the sources of Jayway's json-path 2.9.

use super::{input, scope};
use crate::resolve::node::Node;
use crate::resolve::path::Path;
use serde_json::{Value, json};

/// What a path gives: a value, `null` for a missing one too, or "refused".
#[track_caller]
fn check(path: &str, expected: Value) {
    let scope = scope(input());
    let found = match Path::compile(path) {
        Ok(path) => path.read(Node::Root(&scope)).map_or(Value::Null, std::borrow::Cow::into_owned),
        Err(_) => json!("refused"),
    };
    assert_eq!(found, expected, "{path}");
}

#[test]
fn plain_paths() {
    check("workflow.input.n", json!(42));
    check("$.workflow.input.n", json!(42));
    check("@.workflow.input.n", json!(42));
    check("$['workflow'][\"input\"]['s']", json!("text"));
    check("workflow.input.o.c.d", json!("deep"));
    check("workflow.input['dotted.key']", json!("dk"));
    check("workflow.input['with space']", json!("ws"));
    check("workflow.input.键", json!("cjk"));
    check("workflow.input.uni", json!("中文 😀"));
    check("workflow.input.nope", Value::Null);
    check("workflow.input.s.sub", Value::Null);
    check("workflow.input.o.nope.deeper", Value::Null);
    check("workflow.input.json.a", Value::Null);
    check("workflow.input ", json!("refused").as_str().map_or(Value::Null, |_| input()));
}

#[test]
fn what_the_reader_takes_and_refuses() {
    check(" workflow.input.n", json!("refused"));
    check("workflow.input.n ", json!(42));
    check("workflow.input.with space", json!("refused"));
    check("workflow . input", json!("refused"));
    check("workflow.input.a[", json!([1, 2, 3]));
    check("workflow.input.a[0]x", json!(1));
    check("workflow.input.", json!("refused"));
    check("workflow.input..", json!("refused"));
    check("workflow...input", json!("refused"));
    check("", json!("refused"));
    check(" ", json!("refused"));
    check("$", json!("refused").as_str().map_or(Value::Null, |_| whole_scope()));
    check("$x", json!("refused"));
    check("workflow.input.a[x]", json!("refused"));
    check("workflow.input['a'", json!("refused"));
    check("workflow.input['a' 'b']", json!("refused"));
    check("workflow.input[]", json!("refused"));
    check("workflow.input['']", Value::Null);
    check("workflow.[input].n", json!("refused"));
    check("workflow.\ninput.n", Value::Null);
}

#[test]
fn nesting_has_an_end() {
    check(&format!("a{}", "[?(@".repeat(100_000)), json!("refused"));
    check(&format!("a[?({}@.b)]", "!(".repeat(90)), json!("refused"));
    check(&format!("a[?({}@.b{})]", "(".repeat(60), ")".repeat(60)), json!([]));
    check(&format!("a.{}", "sum($.".repeat(100_000)), json!("refused"));
    check(&format!("a{}", "[?(@".repeat(90)), json!("refused"));
}

fn whole_scope() -> Value {
    let scope = scope(input());
    Node::Root(&scope).into_value().into_owned()
}

#[test]
fn lists() {
    check("workflow.input.a[0]", json!(1));
    check("workflow.input.a[-1]", json!(3));
    check("workflow.input.a[-4]", Value::Null);
    check("workflow.input.a[3]", Value::Null);
    check("workflow.input.a.0", Value::Null);
    check("workflow.input.o[0]", Value::Null);
    check("workflow.input.s[0]", Value::Null);
    check("workflow.input.ea[0]", Value::Null);
    check("workflow.input.a[0:2]", json!([1, 2]));
    check("workflow.input.a[1:]", json!([2, 3]));
    check("workflow.input.a[:2]", json!([1, 2]));
    check("workflow.input.a[-2:]", json!([2, 3]));
    check("workflow.input.a[:-1]", json!([1, 2]));
    check("workflow.input.a[0:-1]", json!([]));
    check("workflow.input.a[-2:3]", json!([2, 3, 1, 2, 3]));
    check("workflow.input.a[0:9]", json!([1, 2, 3]));
    check("workflow.input.a[0:3:2]", json!([1, 2, 3]));
    check("workflow.input.a[::2]", json!("refused"));
    check("workflow.input.a[:]", json!("refused"));
    check("workflow.input.a[ 1 ]", json!(2));
    check("workflow.input.a[0, 2]", json!([1, 3]));
    check("workflow.input.a[0,9]", json!([1]));
    check("workflow.input.a[99999999999]", json!("refused"));
    check("workflow.input.a[*]", json!([1, 2, 3]));
    check("workflow.input.users[*].name", json!(["ann", "bob", "cy"]));
    check("workflow.input.users[*].tags[*]", json!(["x", "y", "z"]));
    check("workflow.input.users[*].tags[0]", json!(["x", "z"]));
    check("workflow.input.users.name", Value::Null);
    check("workflow.input.o.*", json!([1, [1, "x", null], {"d": "deep"}]));
    check("workflow.input.o[*].d", json!(["deep"]));
    check(
        "workflow.input.users[*]['id','name']",
        json!([{"id": 1, "name": "ann"}, {"id": 2, "name": "bob"}, {"id": 3, "name": "cy"}]),
    );
    check("workflow.input['s', 'nope', \"n\"]", json!("refused"));
    check("workflow.input['s','nope','n']", json!({"s": "text", "n": 42}));
    check("workflow.input['o','users'].c", json!([{"d": "deep"}]));
    check("workflow.input.nope[*].x", json!([]));
    check("workflow.input.s[*]", json!([]));
}

#[test]
fn scans() {
    check("workflow.input..name", json!(["ann", "bob", "cy"]));
    check("workflow.input..d", json!(["deep"]));
    check("workflow.input..nope", json!([]));
    check("workflow.input.o..*", json!([1, [1, "x", null], {"d": "deep"}, 1, "x", null, "deep"]));
    check("workflow.input.users..[0]", json!([{"id": 1, "name": "ann", "age": 30, "tags": ["x", "y"]}, "x", "z"]));
    check("workflow.input.users..[0].id", json!([1, 2, 3]));
    check("workflow.input.users..[?(@.age<20)].name", json!(["bob"]));
    check("$..id", json!([1, 2, 3, "u1"]));
    check("$..age.sum()", json!(112.0));
    check("workflow.input..tags.length()", json!([2, 0, 1]));
}

#[test]
fn filters() {
    let filter = |filter: &str, ids: Value| check(&format!("workflow.input.users[?({filter})].id"), ids);
    filter("@.age>18", json!([1, 3]));
    filter("@.age >= 30", json!([1, 3]));
    filter("@.age < 18 || @.id == 3", json!([2, 3]));
    filter("@.age>18 && @.id<3", json!([1]));
    filter("@.age>18 && (@.id==1 || @.id==2)", json!([1]));
    filter("!(@.age>18)", json!([2]));
    filter("@.name=='bob'", json!([2]));
    filter("@.name == \"bob\"", json!([2]));
    filter("@['name']!='bob'", json!([1, 3]));
    filter("'bob' == @.name", json!([2]));
    filter("@.id == '1'", json!([1]));
    filter("@.id === '1'", json!([]));
    filter("@.id == 1.0", json!([1]));
    filter("@.nope", json!([]));
    filter("!@.nope", json!([1, 2, 3]));
    filter("@.tags", json!([1, 2, 3]));
    filter("@.nope == null", json!([1, 2, 3]));
    filter("@.name=~/A.*/i", json!([1]));
    filter("@.name =~ /B/", json!([]));
    filter("@.name =~ /.*b/", json!([2]));
    filter("@.name =~ /(a|b).*/", json!("refused"));
    filter("'x' in @.tags", json!([1]));
    filter("@.id in [1,3]", json!([1, 3]));
    filter("@.name nin ['ann','cy']", json!([2]));
    filter("@.tags empty true", json!([2]));
    filter("@.tags empty false", json!([1, 3]));
    filter("@.tags size 1", json!([3]));
    filter("@.name size 3", json!([1, 2]));
    filter("@.tags contains 'z'", json!([3]));
    filter("@.name contains 'n'", json!([1]));
    filter("@.tags subsetof ['x','y','q']", json!([1, 2]));
    filter("@.tags anyof ['z','y']", json!([1, 3]));
    filter("@.tags noneof ['z','y']", json!([2]));
    filter("@.tags.length() > 1", json!([1]));
    filter("@.tags[0] == 'z'", json!([3]));
    filter("@.age > $.workflow.input.n", json!([3]));
    filter("@.tags == ['x','y']", json!([1]));
    filter("['x','y'] == @.tags", json!([]));
    filter("@.name > 'b'", json!([2, 3]));
    filter("@.age == abc", json!("refused"));
    filter("@.age = 30", json!("refused"));
    filter("@.age >", json!("refused"));
    check("workflow.input.users[?(@.age>18)][0]", json!([]));
    check("workflow.input.users[?(@.age>100)]", json!([]));
    check("workflow.input.users[?(@.tags[?(@ == 'x')])].id", json!([1, 2, 3]));
    check("workflow.input.a[?(@ > 1)]", json!([2, 3]));
    check("workflow.input.o[?(@.a == 1)].c.d", json!(["deep"]));
    check("workflow.input.s[?(@.a)]", Value::Null);
    check("workflow.input.nope[?(@.a)]", json!([]));
    check("workflow.input.users[?]", json!("refused"));
    check("workflow.input.users[?@.age>18]", json!("refused"));
}

#[test]
fn functions() {
    check("workflow.input.users.length()", json!(3));
    check("workflow.input.users.size()", json!(3));
    check("workflow.input.o.length()", json!(3));
    check("workflow.input.s.length()", Value::Null);
    check("workflow.input.a.sum()", json!(6.0));
    check("workflow.input.a.min()", json!(1.0));
    check("workflow.input.a.max()", json!(3.0));
    check("workflow.input.a.avg()", json!(2.0));
    check("workflow.input.a[0:0].stddev()", json!([]));
    check("workflow.input.ea.stddev(2, 4)", json!(1.0));
    check("workflow.input.a.sum(10, $.workflow.input.n)", json!(58.0));
    check("workflow.input.ea.sum()", Value::Null);
    check("workflow.input.s.sum()", Value::Null);
    check("workflow.input.o.keys()", json!(["a", "b", "c"]));
    check("workflow.input.a.keys()", Value::Null);
    check("workflow.input.a.first()", json!(1));
    check("workflow.input.a.last()", json!(3));
    check("workflow.input.a.index(1)", json!(2));
    check("workflow.input.a.index(-2)", json!(2));
    check("workflow.input.a.index(7)", Value::Null);
    check("workflow.input.users[2].tags.last()", Value::Null);
    check("workflow.input.users[*].tags.first()", json!(["x", "z"]));
    check("workflow.input.s.concat('x')", json!(""));
    check("workflow.input.s.concat(\"x\", $.workflow.input.n)", json!("x42"));
    check("workflow.input.users[0].tags.concat()", json!("xy"));
    check("workflow.input.a.append(4)", json!([1, 2, 3, 4]));
    check("workflow.input.users[*].length()", json!([4, 4, 4]));
    check("workflow.input.users[*].age.sum()", Value::Null);
    check("workflow.input.users[?(@.age>18)].length()", json!([4, 4]));
    check("workflow.input.s.toUpperCase()", Value::Null);
    check("workflow.input.a.sum(", json!("refused"));
}

#[test]
fn the_documented_fields_and_no_others() {
    check("workflow.status", json!("RUNNING"));
    check("workflow.workflowId", json!("w1"));
    check("workflow.version", json!(3));
    check("workflow.variables.v", json!(1));
    check("workflow.correlationId", Value::Null);
    check("workflow.name", Value::Null);
    check("workflow.length()", json!(12));
    check("one.output.id", json!("u1"));
    check("one.status", json!("COMPLETED"));
    check("one.taskId", json!("id-one"));
    check("one.workflowInstanceId", json!("w1"));
    check("one.type", Value::Null);
    check("one.length()", json!(18));
    check("two.output.id", Value::Null);
}
