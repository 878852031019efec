//! A server that gives back what it was sent: in a field, in the body and in its words of error.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers the first `failures` requests with 500, and all others with 200. It ends with the process.
pub(super) fn echo(failures: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    std::thread::spawn(move || {
        let seen = AtomicUsize::new(0);
        for socket in listener.incoming().flatten() {
            let status = if seen.fetch_add(1, Ordering::Relaxed) < failures { "500 Broken" } else { "200 OK" };
            answer(socket, status);
        }
    });
    address
}

fn answer(mut socket: TcpStream, status: &str) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains("\r\n\r\n") {
        let Ok(count @ 1..) = socket.read(&mut buffer) else { return };
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    let field = text.lines().find_map(|line| line.strip_prefix("Authorization: ")).unwrap_or_default();
    let body = serde_json::json!({"message": format!("not for {field}"), "echo": field}).to_string();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Echo: {field}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    // A client that went away is no affair of the test.
    let _ = socket.write_all((head + &body).as_bytes());
}
