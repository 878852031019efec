//! What is refused before anything is sent, and what the bytes are when it is not.

use crate::definition::Dialect::{self, Conductor, Legwork};
use crate::diagnostic::codes;
use crate::http::{CallResult, HttpRequest, RequestError, TimeOuts};
use crate::resolve::TaskStatus;
use serde_json::{Map, Value, json};
use std::io::Read;
use std::time::Duration;

/// A valid input with fields of it replaced.
fn input(fields: Value) -> Value {
    let mut input = Map::from_iter([
        ("uri".to_owned(), json!("http://h/x")),
        ("method".to_owned(), json!("POST")),
        ("body".to_owned(), Value::Null),
    ]);
    if let Value::Object(fields) = fields {
        input.extend(fields);
    }
    Value::Object(input)
}

fn build(fields: Value, dialect: Dialect) -> Result<HttpRequest, RequestError> {
    HttpRequest::from_input(&input(fields), None, dialect)
}

#[test]
fn legwork_refuses_what_cannot_be_sent_as_meant() {
    let form = "application/x-www-form-urlencoded";
    let table = [
        (json!({"uri": null}), codes::E0701, "/uri"),
        (json!({"uri": " "}), codes::E0701, "/uri"),
        (json!({"method": null}), codes::E0701, "/method"),
        (json!({"uri": "/v2/users"}), codes::E0702, "/uri"),
        (json!({"uri": "file:///etc/passwd"}), codes::E0702, "/uri"),
        (json!({"uri": "gopher://h/"}), codes::E0702, "/uri"),
        (json!({"uri": "http://"}), codes::E0702, "/uri"),
        (json!({"uri": "http://h:x/"}), codes::E0702, "/uri"),
        (json!({"uri": "http://user:password@h/"}), codes::E0703, "/uri"),
        (json!({"uri": "http://h/a\r\nX: y"}), codes::E0704, "/uri"),
        (json!({"headers": {"X-A": "a\r\nX-Admin: true"}}), codes::E0704, "/headers/X-A"),
        (json!({"headers": {"X-A": ["a", "b\u{0}"]}}), codes::E0704, "/headers/X-A/1"),
        (json!({"headers": {"X A": "a"}}), codes::E0704, "/headers/X A"),
        (json!({"headers": {"": "a"}}), codes::E0704, "/headers/"),
        (json!({"headers": {"Content-Length": 3}}), codes::E0704, "/headers/Content-Length"),
        (json!({"headers": {"transfer-encoding": "chunked"}}), codes::E0704, "/headers/transfer-encoding"),
        (json!({"accept": "a\nb"}), codes::E0704, "/accept"),
        (json!({"method": "post"}), codes::E0705, "/method"),
        (json!({"method": "BREW"}), codes::E0705, "/method"),
        (json!({"body": "not JSON"}), codes::E0706, "/body"),
        (json!({"body": {"a": 1}, "contentType": "text/plain"}), codes::E0706, "/body"),
        (json!({"body": {"a": {"b": 1}}, "contentType": form}), codes::E0706, "/body"),
        (json!({"body": [1], "contentType": form}), codes::E0706, "/body"),
        (json!({"body": [1], "contentType": "multipart/form-data"}), codes::E0706, "/body"),
        (json!({"body": {"a": {"b": 1}}, "contentType": "multipart/form-data"}), codes::E0706, "/body"),
        (json!({"body": {"file": "/etc/passwd"}, "contentType": "image/png"}), codes::E0706, "/body"),
        (json!({"body": {"a": 1}, "contentEncoding": "lzma"}), codes::E0706, "/contentEncoding"),
        (json!({"body": "中", "contentType": "text/plain; charset=iso-8859-1"}), codes::E0706, "/body"),
        (json!({"contentType": "json"}), codes::E0706, "/contentType"),
        (json!({"uri": 5}), codes::E0707, "/uri"),
        (json!({"headers": "X-A: a"}), codes::E0707, "/headers"),
        (json!({"headers": {"X-A": {"b": 1}}}), codes::E0707, "/headers/X-A"),
        (json!({"readTimeOut": "soon"}), codes::E0707, "/readTimeOut"),
        (json!({"timeOuts": {"dnsMs": "soon"}}), codes::E0707, "/timeOuts/dnsMs"),
        (json!({"paginate": {"link": true}}), codes::E0707, "/paginate"),
        (json!({"method": "GET", "paginate": {}}), codes::E0707, "/paginate"),
        (json!({"method": "GET", "paginate": {"link": true, "page": {"to": "p"}}}), codes::E0707, "/paginate"),
        (json!({"method": "GET", "paginate": {"token": {"to": "p"}}}), codes::E0707, "/paginate/token/from"),
        (json!({"method": "GET", "paginate": {"link": true, "items": "users"}}), codes::E0707, "/paginate/items"),
        (json!({"timeOuts": {"idle": 5}}), codes::E0707, "/timeOuts/idle"),
        (json!({"http_request": "GET /"}), codes::E0707, "/http_request"),
        (json!({"http_request": {"uri": "http://h/"}}), codes::E0701, "/http_request/method"),
    ];
    for (fields, code, pointer) in table {
        let error = build(fields.clone(), Legwork).expect_err("it is refused");
        let RequestError::Refused(refusal) = error else { panic!("{fields}: {error}") };
        assert_eq!((refusal.code, refusal.pointer.as_str()), (code, pointer), "{fields}: {}", refusal.message);
        assert!(!refusal.help.is_empty() && !refusal.message.contains(['\r', '\n', '\0']), "{}", refusal.message);
    }
}

#[test]
fn a_refusal_never_shows_the_password_of_a_uri() {
    let error = build(json!({"uri": "http://user:hush@h/"}), Legwork).expect_err("it is refused");
    assert!(!format!("{error:?}").contains("hush"));
    let (plain, masked) = (input(json!({"uri": "hush/x"})), input(json!({"uri": "***/x"})));
    let error = HttpRequest::from_input(&plain, Some(&masked), Legwork).expect_err("it is refused");
    assert_eq!(error.to_string(), "`***/x` is no absolute URI");
}

#[track_caller]
fn check_body(fields: &Value, dialect: Dialect, content_types: &[&str], body: &[u8]) {
    let request = build(fields.clone(), dialect).expect("it can be built");
    let sent: Vec<_> = request.headers().all("Content-Type").map(std::borrow::Cow::into_owned).collect();
    assert_eq!(sent, content_types, "{fields}");
    assert_eq!(String::from_utf8_lossy(request.body()), String::from_utf8_lossy(body), "{fields}");
    assert_eq!(request.headers().get("Content-Length").as_deref(), Some(body.len().to_string().as_str()), "{fields}");
}

#[test]
fn bodies_are_written_as_their_type_says() {
    let json_type = "application/json";
    check_body(&json!({"body": {"b": 1, "a": "ü"}}), Legwork, &[json_type], "{\"b\":1,\"a\":\"ü\"}".as_bytes());
    check_body(&json!({"body": false}), Legwork, &[json_type], b"false");
    check_body(&json!({"body": "{\"a\": 1}"}), Legwork, &[json_type], b"{\"a\": 1}");
    check_body(&json!({"body": ""}), Legwork, &[], b"");
    check_body(&json!({}), Legwork, &[], b"");
    check_body(&json!({"body": "a,b", "contentType": "text/csv"}), Legwork, &["text/csv"], b"a,b");
    check_body(&json!({"body": 7, "contentType": "text/plain"}), Legwork, &["text/plain"], b"7");
    check_body(&json!({"body": "x", "headers": {"content-type": "text/css"}}), Legwork, &["text/css"], b"x");
    let latin1 = "text/plain;charset=iso-8859-1";
    check_body(&json!({"body": "ü", "contentType": latin1}), Legwork, &[latin1], b"\xfc");
    let form = "application/x-www-form-urlencoded";
    let fields = json!({"a b": "x&y=z", "n": 1, "l": ["p", "q"], "none": null, "é": true});
    check_body(
        &json!({"body": fields, "contentType": form}),
        Legwork,
        &[form],
        b"a+b=x%26y%3Dz&n=1&l=p&l=q&%C3%A9=true",
    );
}

#[test]
fn conductor_writes_bodies_as_its_converters_do() {
    let json_type = "application/json";
    check_body(&json!({"body": "not JSON"}), Conductor, &[json_type], b"not JSON");
    check_body(&json!({"body": "ü"}), Conductor, &[json_type], "ü".as_bytes());
    check_body(&json!({"body": "ü中", "contentType": "text/plain"}), Conductor, &["text/plain"], b"\xfc?");
    let both =
        json!({"body": "x", "contentType": "text/plain", "headers": {"Content-Type": "text/csv", "Content-Length": 9}});
    check_body(&both, Conductor, &["text/plain", "text/csv"], b"x");
    check_body(
        &json!({"body": [1], "contentType": "text/xml"}),
        Conductor,
        &["text/xml"],
        b"<ArrayList><item>1</item></ArrayList>",
    );
}

#[test]
fn conductor_fails_in_the_words_of_its_libraries() {
    let illegal = "java.lang.IllegalArgumentException";
    for (fields, text) in [
        (json!({"method": "get"}), format!("{illegal}: Invalid HTTP method: get")),
        (json!({"contentType": "*/*"}), format!("{illegal}: Content-Type cannot contain wildcard type '*'")),
        (
            json!({"contentType": "json"}),
            "org.springframework.http.InvalidMediaTypeException: Invalid mime type \"json\": does not contain '/'".into(),
        ),
        (
            json!({"body": [1], "contentType": "text/plain"}),
            "java.lang.Exception: No HttpMessageConverter for java.util.ArrayList and content type \"text/plain\"".into(),
        ),
        (
            json!({"uri": "http://u:p@h/x?y"}),
            "java.lang.Exception: I/O error on POST request for \"http://u:p@h/x\": Request URI authority contains deprecated \
             userinfo component"
                .into(),
        ),
        (
            json!({"body": {"a": 1}, "contentType": "application/json; charset=iso-8859-1"}),
            "java.lang.Exception: No HttpMessageConverter for java.util.LinkedHashMap and content type \
             \"application/json;charset=iso-8859-1\""
                .into(),
        ),
        (json!({"readTimeOut": -5}), format!("{illegal}: duration must not be negative: -5")),
        (json!({"connectionTimeOut": "-1"}), format!("{illegal}: Timeout must be a non-negative value")),
        (json!({"uri": "http://h/50%/x"}), "org.springframework.web.util.InvalidUrlException: Bad path".into()),
    ] {
        let result = CallResult::from(&build(fields.clone(), Conductor).expect_err("it fails"));
        assert_eq!((result.status, &result.output["response"]), (TaskStatus::Failed, &json!(text)), "{fields}");
    }
}

#[test]
fn conductor_never_runs_what_it_cannot_read() {
    for fields in [
        json!({"http_request": "GET /"}),
        json!({"headers": "X-A: a"}),
        json!({"uri": {"a": 1}}),
        json!({"readTimeOut": "soon"}),
        json!({"readTimeOut": 99_999_999_999_u64}),
        json!({"vipAddress": ["a"]}),
    ] {
        let error = build(fields.clone(), Conductor).expect_err("it cannot be read");
        assert_eq!(
            (CallResult::from(&error).status, &error),
            (TaskStatus::Scheduled, &RequestError::NeverRuns),
            "{fields}"
        );
    }
}

#[test]
fn conductor_puts_no_line_end_into_a_header() {
    let headers = json!({"X-A": "a\r\nX-Admin: true", "X-B": "é中", "bad name": "x"});
    let request = build(json!({"headers": headers}), Conductor).expect("it can be built");
    assert_eq!(request.headers().get("X-A").as_deref(), Some("a??X-Admin: true"));
    assert_eq!(
        request.headers().iter().find(|header| header.name == "X-B").map(|header| header.value),
        Some(&b"\xe9?"[..])
    );
    assert!(!request.headers().has("bad name"));
}

#[test]
fn time_outs_follow_the_dialect_and_the_task() {
    let seconds = |count| Some(Duration::from_secs(count));
    let ms = |count| Some(Duration::from_millis(count));
    let given = json!({"connectionTimeOut": "1000", "readTimeOut": 2000});
    for (fields, dialect, connect, read, total) in [
        (json!({}), Legwork, seconds(5), None, seconds(30)),
        (given.clone(), Legwork, seconds(1), None, seconds(2)),
        (json!({"connectionTimeOut": 0, "readTimeOut": 0}), Legwork, None, None, None),
        (json!({}), Conductor, seconds(3), seconds(3), None),
        (given, Conductor, seconds(1), seconds(2), None),
        (json!({"connectionTimeOut": 0, "readTimeOut": "0"}), Conductor, None, None, None),
        (json!({"connectionTimeOut": null, "readTimeOut": null}), Conductor, ms(100), ms(150), None),
    ] {
        let request = build(fields.clone(), dialect).expect("it can be built");
        assert_eq!(request.time_outs(), TimeOuts { connect, read, total, ..TimeOuts::LEGWORK }, "{fields}");
    }
}

#[test]
fn a_multipart_body_has_the_length_and_the_boundary_that_its_head_says() {
    let own = json!({"Content-Type": "multipart/form-data; boundary=mine"});
    for fields in [json!({"contentType": "multipart/form-data"}), json!({"headers": own})] {
        let mut fields = fields;
        fields["body"] =
            json!({"title": "legwork-00000000", "photo": {"file": "Cargo.toml", "contentType": "text/plain"}});
        let request = build(fields, Legwork).expect("it can be built");
        let body = String::from_utf8_lossy(request.body()).into_owned();
        assert_eq!(request.headers().all("Content-Type").count(), 1);
        let content_type = request.headers().get("Content-Type").unwrap_or_default().into_owned();
        assert_eq!(content_type, "multipart/form-data; boundary=legwork-00000001");
        assert_eq!(request.headers().get("Content-Length").as_deref(), Some(request.body().len().to_string().as_str()));
        assert!(body.starts_with("--legwork-00000001\r\n") && body.ends_with("\r\n--legwork-00000001--\r\n"), "{body}");
        assert!(body.contains("filename=\"Cargo.toml\"\r\nContent-Type: text/plain\r\n\r\n[package]"), "{body}");
    }
}

#[test]
fn a_file_is_sent_as_it_is_and_a_body_may_be_packed() {
    let file = build(json!({"body": {"file": "Cargo.toml"}, "contentType": "application/octet-stream"}), Legwork);
    let file = file.expect("it can be built");
    assert!(
        file.body().starts_with(b"[package]")
            && file.headers().get("Content-Type").as_deref() == Some("application/octet-stream")
    );
    // In JSON it is an object like any other.
    let object = build(json!({"body": {"file": "Cargo.toml"}}), Legwork).expect("it can be built");
    assert_eq!(&**object.body(), b"{\"file\":\"Cargo.toml\"}");
    let packed = build(json!({"body": {"a": "b"}, "contentEncoding": "gzip"}), Legwork).expect("it can be built");
    let mut text = String::new();
    flate2::read::GzDecoder::new(&**packed.body()).read_to_string(&mut text).expect("gzip");
    assert_eq!(text, "{\"a\":\"b\"}");
    assert_eq!(packed.headers().get("Content-Encoding").as_deref(), Some("gzip"));
    assert_eq!(packed.headers().get("Content-Length").as_deref(), Some(packed.body().len().to_string().as_str()));
}
