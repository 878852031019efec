//! The guard's ranges, against the registries and at random.

use super::{Denied, Guard, Special};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Every block of the IANA IPv4 and IPv6 special-purpose registries, and the multicast blocks.
const REGISTRY: &[&str] = &[
    "0.0.0.0/8",
    "0.0.0.0/32",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.0.0/29",
    "192.0.0.8/32",
    "192.0.0.9/32",
    "192.0.0.10/32",
    "192.0.0.170/32",
    "192.0.0.171/32",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.88.99.2/32",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "255.255.255.255/32",
    "224.0.0.0/4",
    "::1/128",
    "::/128",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "100:0:0:1::/64",
    "2001::/23",
    "2001::/32",
    "2001:1::1/128",
    "2001:1::2/128",
    "2001:1::3/128",
    "2001:2::/48",
    "2001:3::/32",
    "2001:4:112::/48",
    "2001:10::/28",
    "2001:20::/28",
    "2001:30::/28",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
    "fec0::/10",
    "::/96",
    "::ffff:0:0:0/96",
];

fn parse(network: &str) -> (IpAddr, u32) {
    let (base, bits) = network.split_once('/').expect("a network");
    (base.parse().expect("an address"), bits.parse().expect("a number"))
}

/// An address of the network whose other bits are those of the noise.
fn within(network: &str, noise: u128) -> IpAddr {
    match parse(network) {
        (IpAddr::V4(base), bits) => {
            let mask = u32::MAX.checked_shr(bits).unwrap_or(0);
            #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
            let noise = noise as u32;
            Ipv4Addr::from_bits(base.to_bits() | noise & mask).into()
        }
        (IpAddr::V6(base), bits) => {
            let mask = u128::MAX.checked_shr(bits).unwrap_or(0);
            Ipv6Addr::from_bits(base.to_bits() | noise & mask).into()
        }
    }
}

/// All the ways in which an IPv6 address can lead to an IPv4 address.
fn carriers(inner: Ipv4Addr, noise: u128) -> Vec<Ipv6Addr> {
    let bits = u128::from(inner.to_bits());
    let at = |prefix: &str, bits: u128| {
        let base: Ipv6Addr = prefix.parse().expect("an address");
        Ipv6Addr::from_bits(base.to_bits() | bits)
    };
    // RFC 6052 keeps octet 8 free.
    let split = |high_bits: u32| {
        let high = bits >> (32 - high_bits);
        let low = bits & (u128::from(u32::MAX) >> high_bits);
        high << 64 | low << (24 + high_bits)
    };
    vec![
        at("::", bits),
        at("::ffff:0:0", bits),
        at("::ffff:0:0:0", bits),
        at("64:ff9b::", bits),
        at("64:ff9b:1::", bits),
        at("64:ff9b:1::", split(16)),
        at("64:ff9b:1::", split(8)),
        at("64:ff9b:1::", bits << 24),
        at("2002::", bits << 80 | noise & u128::from(u64::MAX)),
        at("2001::", bits << 64 | noise & u128::from(u32::MAX)),
        at("2001::", (!bits) & u128::from(u32::MAX)),
        at("2606:4700::5efe:0:0", bits),
        at("fe80::200:5efe:0:0", bits),
    ]
}

proptest! {
    #[test]
    fn nothing_of_the_registries_passes_a_strict_guard(which in 0..REGISTRY.len(), noise: u128) {
        let address = within(REGISTRY[which], noise);
        prop_assert!(Guard::strict().judge("h", address).is_err(), "{address}");
        prop_assert!(Guard::strict().judge_name(&address.to_string()).is_err(), "{address}");
    }

    #[test]
    fn what_a_strict_guard_denies_hides_in_no_other_address(which in 0..27_usize, noise: u128) {
        let IpAddr::V4(inner) = within(REGISTRY[which], noise) else { return Ok(()) };
        for carrier in carriers(inner, noise) {
            prop_assert!(Guard::strict().judge("h", carrier.into()).is_err(), "{inner} in {carrier}");
        }
    }

    #[test]
    fn a_public_address_passes(bits: u32, high: u128) {
        let address = Ipv4Addr::from_bits(bits);
        let is_special = REGISTRY.iter().any(|network| match parse(network) {
            (IpAddr::V4(base), bits) => (base.to_bits() ^ address.to_bits()).checked_shr(32 - bits).unwrap_or(0) == 0,
            _ => false,
        });
        let metadata = address == Ipv4Addr::new(168, 63, 129, 16);
        prop_assert_eq!(Guard::strict().judge("h", address.into()).is_ok(), !is_special && !metadata, "{}", address);
        let address = Ipv6Addr::from_bits(0x2606_4700_u128 << 96 | high >> 32);
        let carries = address.segments()[5] == 0x5efe;
        prop_assert!(carries || Guard::strict().judge("h", address.into()).is_ok(), "{}", address);
    }
}

#[test]
fn metadata_services_never_pass() {
    let any = ["0.0.0.0/0", "::/0", "h"].map(|rule| rule.parse().expect("a rule"));
    for guard in [Guard::open(), Guard::strict(), Guard::strict().allow(any.clone()), Guard::open().only(any)] {
        for address in ["169.254.169.254", "100.100.100.200", "168.63.129.16", "169.254.170.2", "192.0.0.192"] {
            let inner: Ipv4Addr = address.parse().expect("an address");
            assert_eq!(guard.judge("h", inner.into()), Err(Denied::Metadata), "{inner}");
            for carrier in carriers(inner, 7) {
                assert_eq!(guard.judge("h", carrier.into()), Err(Denied::Metadata), "{inner} in {carrier}");
            }
        }
        for address in ["fd00:ec2::254", "fd20:ce::254", "fe80::a9fe:a9fe"] {
            assert_eq!(guard.judge("h", address.parse().expect("an address")), Err(Denied::Metadata), "{address}");
        }
        for name in ["metadata.google.internal", "169.254.169.254", "0xa9fea9fe", "2852039166", "169.254.43518"] {
            assert_eq!(guard.judge_name(name), Err(Denied::Metadata), "{name}");
        }
    }
}

#[track_caller]
fn check(guard: &Guard, host: &str, address: &str, expected: Result<(), Denied>) {
    assert_eq!(guard.judge(host, address.parse().expect("an address")), expected, "{host} {address}");
}

#[test]
fn an_open_guard_lets_the_own_networks_pass() {
    for address in ["127.0.0.1", "10.0.0.1", "::1", "fd12::1", "192.168.1.1", "169.254.1.1", "8.8.8.8"] {
        check(&Guard::open(), "h", address, Ok(()));
    }
}

#[test]
fn exceptions_open_exactly_what_they_name() {
    let guard = Guard::strict()
        .allow(["crm.internal", "10.1.0.0/16", "64:ff9b::/96"].map(|rule| rule.parse().expect("a rule")));
    check(&guard, "crm.internal", "192.168.1.1", Ok(()));
    check(&guard, "other", "10.1.2.3", Ok(()));
    check(&guard, "other", "10.2.0.1", Err(Denied::Special(Special::Private)));
    // The way through NAT64 is open, and where it leads is judged by itself.
    check(&guard, "other", "64:ff9b::808:808", Ok(()));
    check(&guard, "other", "64:ff9b::a02:1", Err(Denied::Special(Special::Private)));
    check(&guard, "other", "64:ff9b::a01:1", Ok(()));
}

#[test]
fn a_list_of_all_that_may_be_called_ends_the_rest() {
    let rules = ["*.example.com", "10.0.0.0/8"].map(|rule| rule.parse().expect("a rule"));
    let (open, strict) = (Guard::open().only(rules.clone()), Guard::strict().only(rules));
    check(&open, "api.example.com", "8.8.8.8", Ok(()));
    check(&open, "h", "10.0.0.1", Ok(()));
    check(&open, "h", "8.8.8.8", Err(Denied::NotListed));
    check(&strict, "api.example.com", "10.0.0.1", Err(Denied::Special(Special::Private)));
    assert_eq!(open.judge_name("api.example.com"), Ok(()));
    assert_eq!(open.judge_name("example.org"), Err(Denied::NotListed));
}

#[test]
fn names_for_others_to_look_up_are_judged_as_far_as_they_tell() {
    let denied = Err(Denied::Special(Special::Loopback));
    for name in ["localhost", "a.localhost.", "127.1", "0x7f.1", "2130706433", "017700000001", "::1", "127.0.0.1"] {
        assert_eq!(Guard::strict().judge_name(name), denied, "{name}");
        assert_eq!(Guard::open().judge_name(name), Ok(()), "{name}");
    }
    for name in ["example.com", "1e100.net", "256.example", "127.0.0.1.example"] {
        assert_eq!(Guard::strict().judge_name(name), Ok(()), "{name}");
    }
}
