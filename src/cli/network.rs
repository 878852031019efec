//! What the flags say of the network.

use super::args::{EgressArg, NetworkArgs};
use legwork::host::{Egress, Network};

/// What the flags say.
pub(crate) fn of_flags(args: &NetworkArgs) -> Network {
    Network {
        egress: args.egress.map(|which| match which {
            EgressArg::Open => Egress::Open,
            EgressArg::Strict => Egress::Strict,
        }),
        allow: args.egress_allow.clone(),
        only: args.egress_only.clone(),
        proxy: args.proxy.clone(),
        no_proxy: Vec::new(),
        ca: args.ca.clone(),
        client_certificate: args.client_certificate.clone(),
    }
}
