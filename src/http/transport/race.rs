//! Happy eyeballs: the addresses of a host are tried one after the other, each with a short head start, and the first to answer wins.
//!
//! Source: RFC 8305, sections 4 and 5.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// How long an address is waited for before the next one is tried as well (RFC 8305, section 8).
const HEAD_START: Duration = Duration::from_millis(250);

/// The first connection that comes about; the others are given up. The error is the last one that came.
pub(super) async fn first<T, F>(addresses: Vec<SocketAddr>, connect: impl Fn(SocketAddr) -> F) -> io::Result<T>
where
    F: Future<Output = io::Result<T>>,
{
    let mut last = io::Error::other("the name has no address");
    let mut waiting = in_turns(addresses).into_iter();
    let mut under_way = FuturesUnordered::new();
    while let Some(address) = waiting.next() {
        under_way.push(connect(address));
        let head_start =
            async { if waiting.len() == 0 { pending().await } else { tokio::time::sleep(HEAD_START).await } };
        tokio::pin!(head_start);
        loop {
            let result = tokio::select! {
                Some(result) = under_way.next() => result,
                () = &mut head_start => break,
                // All of them failed: there is nothing to wait for.
                else => break,
            };
            match result {
                Ok(connection) => return Ok(connection),
                Err(error) => last = error,
            }
            if under_way.is_empty() {
                break;
            }
        }
    }
    Err(last)
}

/// The two families in turns, beginning with that of the first address: the resolver has put the better one there.
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut turns = Vec::new();
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::sync::Mutex;

    const V6: fn(u16) -> SocketAddr = |port| SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port);
    const V4: fn(u16) -> SocketAddr = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);

    #[test]
    fn families_take_turns() {
        assert_eq!(in_turns(vec![V6(1), V6(2), V6(3), V4(4)]), [V6(1), V4(4), V6(2), V6(3)]);
        assert_eq!(in_turns(vec![V4(1), V6(2), V4(3)]), [V4(1), V6(2), V4(3)]);
        assert!(in_turns(Vec::new()).is_empty());
    }

    /// Port 1 never answers, port 2 refuses at once, others are taken; gives the winner and the order of the attempts.
    async fn race(addresses: Vec<SocketAddr>) -> (Option<u16>, Vec<u16>) {
        let tried = Mutex::new(Vec::new());
        let connect = |address: SocketAddr| {
            tried.lock().expect("no panic").push(address.port());
            async move {
                match address.port() {
                    1 => pending().await,
                    2 => Err(io::ErrorKind::ConnectionRefused.into()),
                    port => Ok(port),
                }
            }
        };
        let winner = first(addresses, connect).await.ok();
        (winner, tried.into_inner().expect("no panic"))
    }

    #[tokio::test]
    async fn a_silent_address_does_not_hold_up_the_next() {
        assert_eq!(race(vec![V6(1), V4(5)]).await, (Some(5), vec![1, 5]));
        assert_eq!(race(vec![V6(2), V4(2), V6(7)]).await, (Some(7), vec![2, 2, 7]));
        assert_eq!(race(vec![V6(3), V4(5)]).await, (Some(3), vec![3]));
        assert_eq!(race(vec![V6(2), V4(2)]).await, (None, vec![2, 2]));
        assert_eq!(race(Vec::new()).await, (None, vec![]));
    }
}
