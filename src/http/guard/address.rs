//! What an address is: the special-purpose ranges, the metadata services, and addresses inside addresses.

use super::rule::holds;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A kind of address that is not on the public internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Special {
    /// This machine.
    Loopback,
    /// A network of one's own (RFC 1918, RFC 4193).
    Private,
    /// The same link only.
    LinkLocal,
    /// Between a provider and its customers (RFC 6598).
    Shared,
    /// No address; connecting to it reaches this machine.
    Unspecified,
    /// Many at once.
    Multicast,
    /// For examples in documents.
    Documentation,
    /// For measuring equipment.
    Benchmarking,
    /// An IPv6 address that leads to the IPv4 address inside it: NAT64, 6to4, Teredo, IPv4-mapped and their like.
    Translated,
    /// Set apart for something else, or for nothing yet.
    Reserved,
}

impl fmt::Display for Special {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::LinkLocal => "a link-local address",
            Self::Shared => "an address between a provider and its customers",
            Self::Unspecified => "an unspecified address",
            Self::Multicast => "a multicast address",
            Self::Documentation => "an address for documentation",
            Self::Benchmarking => "an address for benchmarking",
            Self::Translated => "an IPv6 address that leads to an IPv4 address",
            Self::Reserved => "a reserved address",
        })
    }
}

/// Source: the IANA IPv4 Special-Purpose Address Registry and the IPv4 Multicast and Class E blocks, October 2025.
const V4: &[(Ipv4Addr, u8, Special)] = &[
    (Ipv4Addr::UNSPECIFIED, 8, Special::Unspecified),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Special::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Special::Shared),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Special::Loopback),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Special::LinkLocal),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Special::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Special::Reserved),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Special::Documentation),
    (Ipv4Addr::new(192, 31, 196, 0), 24, Special::Reserved),
    (Ipv4Addr::new(192, 52, 193, 0), 24, Special::Reserved),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Special::Reserved),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Special::Private),
    (Ipv4Addr::new(192, 175, 48, 0), 24, Special::Reserved),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Special::Benchmarking),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Special::Documentation),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Special::Documentation),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Special::Multicast),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Special::Reserved),
];

/// Source: the IANA IPv6 Special-Purpose Address Registry, October 2025, and RFC 4291. The first that fits counts.
const V6: &[(Ipv6Addr, u8, Special)] = &[
    (Ipv6Addr::LOCALHOST, 128, Special::Loopback),
    (Ipv6Addr::UNSPECIFIED, 128, Special::Unspecified),
    // IPv4-compatible, IPv4-mapped, IPv4-translated, and the two prefixes of NAT64.
    (Ipv6Addr::UNSPECIFIED, 96, Special::Translated),
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96, Special::Translated),
    (Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96, Special::Translated),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96, Special::Translated),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, Special::Translated),
    // Teredo, then all else that is set apart for protocols.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, Special::Translated),
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, Special::Benchmarking),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, Special::Reserved),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, Special::Documentation),
    // 6to4.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, Special::Translated),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48, Special::Reserved),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, Special::Documentation),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, Special::Private),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, Special::LinkLocal),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, Special::Private),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, Special::Multicast),
];

/// Source: each cloud's own pages: AWS (instances, ECS and EKS credentials), Google, Azure (also its wire server), Alibaba, Tencent, Oracle,
/// Scaleway, `OpenStack`; most others answer at the first.
const METADATA: &[IpAddr] = &[
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 0, 23)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 42, 42)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42)),
    IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe)),
];

/// Whether a cloud's metadata service answers there.
pub(super) fn is_metadata(address: IpAddr) -> bool {
    METADATA.contains(&address)
}

/// What sets the address apart; `None` for one of the public internet.
pub(super) fn special(address: IpAddr) -> Option<Special> {
    match address {
        IpAddr::V4(_) => {
            V4.iter().find(|(base, bits, _)| holds((*base).into(), *bits, address)).map(|(.., kind)| *kind)
        }
        IpAddr::V6(_) => {
            let known = V6.iter().find(|(base, bits, _)| holds((*base).into(), *bits, address)).map(|(.., kind)| *kind);
            // Nothing outside 2000::/3 has been given out as global unicast.
            let global = holds(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0).into(), 3, address);
            known.or_else(|| (!global).then_some(Special::Reserved))
        }
    }
}

/// The IPv4 addresses that an IPv6 address may lead to.
pub(super) fn embedded(address: IpAddr) -> impl Iterator<Item = IpAddr> {
    let found: [Option<Ipv4Addr>; 5] = match address {
        IpAddr::V4(_) => [None; 5],
        IpAddr::V6(address) => inside(address),
    };
    found.into_iter().flatten().map(IpAddr::V4)
}

fn inside(address: Ipv6Addr) -> [Option<Ipv4Addr>; 5] {
    let bits = address.to_bits();
    // The 32 bits that end so many bits before the address does.
    let at = |behind: u32| Some(Ipv4Addr::from_bits(low_bits(bits >> behind)));
    // Two parts of one address around octet 8, which stays free (RFC 6052, section 2.2).
    let around = |before: u32| {
        let high = low_bits(bits >> 64) << (32 - before);
        let low = low_bits(bits >> (24 + before)) & u32::MAX.checked_shr(before).unwrap_or_default();
        Some(Ipv4Addr::from_bits(high | low))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            [at(0), None, None, None, None]
        }
        // The prefix may be as long as its network likes: 96, 48, 56 or 64 bits.
        [0x64, 0xff9b, 1, ..] => [at(0), around(16), around(8), at(24), None],
        [0x2002, ..] => [at(80), None, None, None, None],
        // Teredo: the server, and the client with its bits turned round.
        [0x2001, 0, ..] => [at(64), at(0).map(|client| !client), None, None, None],
        // ISATAP, below any prefix.
        [_, _, _, _, 0 | 0x0200, 0x5efe, ..] => [at(0), None, None, None, None],
        _ => [None; 5],
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are asked for")]
fn low_bits(bits: u128) -> u32 {
    bits as u32
}

/// The address that a host is, in any spelling that a resolver takes: `127.1`, `0x7f000001`, `017700000001`.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    if let Ok(address) = host.parse() {
        return Some(address);
    }
    let mut parts = Vec::with_capacity(4);
    for part in host.split('.') {
        let (digits, radix) = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            Some(digits) => (digits, 16),
            None if part.len() > 1 && part.starts_with('0') => (part, 8),
            None => (part, 10),
        };
        parts.push(u32::from_str_radix(digits, radix).ok().filter(|_| !digits.starts_with('+'))?);
    }
    let last = parts.pop()?;
    let free = 4_u32.checked_sub(u32::try_from(parts.len()).ok()?)?;
    let mut bits = last;
    if free == 0 || u64::from(last) >= 1 << (8 * free) {
        return None;
    }
    for (at, part) in (0..).zip(&parts) {
        bits |= u8::try_from(*part).ok().map(u32::from)? << (24 - 8 * at);
    }
    Some(Ipv4Addr::from_bits(bits).into())
}
