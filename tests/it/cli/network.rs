//! How the network is reached: guard, proxies, certificates.

use crate::command::Scratch;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};

/// Answers every request on a free port, and tells its first line.
fn server() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    let (seen, requests) = channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let Ok(mut socket) = socket else { return };
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && socket.read(&mut byte).is_ok_and(|count| count > 0) {
                head.extend(byte);
            }
            let _ = seen.send(String::from_utf8_lossy(&head).into_owned());
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        }
    });
    (address, requests)
}

fn workflow(uri: &str) -> String {
    format!(
        "name: get\nversion: 1\nschemaVersion: 2\ntasks:\n  - name: get\n    taskReferenceName: get\n    type: HTTP\n    \
         inputParameters: {{uri: '{uri}', method: GET}}\n"
    )
}

#[test]
fn settings_that_cannot_be_used_are_refused() {
    let scratch = Scratch::new();
    scratch.file("w.yaml", workflow("http://127.0.0.1:1/"));
    scratch.file("ca.pem", "no certificate");
    let table: &[(&[&str], &str)] = &[
        (&["--egress-allow", "http://crm"], "`http://crm` in `allow` names neither a host nor a network"),
        (&["--egress-only", "10.0.0.1/8"], "the address has bits set behind the network's"),
        (&["--proxy", "ftp://user:hush@proxy"], "`proxy` is no proxy: a proxy is `http://`"),
        (&["--ca", "ca.pem"], "`ca.pem` cannot be used: it holds no certificate"),
        (&["--client-certificate", "ca.pem"], "it holds no certificate"),
    ];
    for (flags, sentence) in table {
        let arguments = [&["run", "w.yaml"], *flags].concat();
        let ran = scratch.run(&arguments).exits(2).prints_nothing().says("E0622").says(sentence);
        assert!(!ran.stderr.contains("hush"), "{}", ran.stderr);
    }
}

#[test]
fn a_strict_guard_holds_back_what_no_exception_names() {
    let (address, requests) = server();
    let scratch = Scratch::new();
    scratch.file("w.yaml", workflow(&format!("http://{address}/x")));
    scratch.run(&["run", "w.yaml"]).exits(0);
    assert!(requests.recv().is_ok_and(|head| head.starts_with("GET /x ")));
    let ran = scratch.run(&["run", "w.yaml", "--egress", "strict", "--output", "json"]).exits(2);
    assert!(ran.stdout.contains("\"kind\": \"egress\"") && ran.stdout.contains("it is a loopback address"), "{ran:?}");
    scratch.file("legwork.toml", "[network]\negress = 'strict'\n[env.dev.network]\nallow = ['127.0.0.0/8']\n");
    scratch.run(&["run", "w.yaml"]).exits(2);
    assert!(requests.try_recv().is_err(), "a request got through");
    scratch.run(&["run", "w.yaml", "--env", "dev"]).exits(0);
    scratch.run(&["run", "w.yaml", "--egress-allow", "127.0.0.1"]).exits(0);
    scratch.run(&["run", "w.yaml", "--egress", "open"]).exits(0);
    assert_eq!(requests.try_iter().count(), 3);
    scratch.run(&["run", "w.yaml", "--egress", "open", "--egress-only", "*.example.com"]).exits(2);
    assert!(requests.try_recv().is_err(), "a request got through");
}

#[test]
fn a_proxy_of_the_environment_is_used_and_its_password_never_shown() {
    let (address, requests) = server();
    let scratch = Scratch::new();
    scratch.file("w.yaml", workflow("http://api.example.com/x"));
    let proxy = format!("http://user:a-long-password@{address}");
    let mut command = scratch.command();
    command.args(["test", "w.yaml", "--level", "trace"]).env("http_proxy", &proxy).env_remove("no_proxy");
    let ran = crate::command::Ran::from(command.output().expect("the command starts")).exits(0);
    let head = requests.recv().expect("a request");
    assert!(head.starts_with("GET http://api.example.com/x HTTP/1.1\r\nHost: api.example.com\r\n"), "{head}");
    assert!(head.contains("Proxy-Authorization: Basic dXNlcjphLWxvbmctcGFzc3dvcmQ=\r\n"), "{head}");
    for secret in ["a-long-password", "YS1sb25nLXBhc3N3b3Jk", "dXNlcjphLWxvbmctcGFzc3dvcmQ"] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{ran:?}");
    }
}
