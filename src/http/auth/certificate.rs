//! A client certificate as the handshake takes it.

use super::tokens::Key;
use crate::secret::Secret;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A client certificate with its key. Connections are shared by requests of the same one only.
#[derive(Clone)]
pub struct ClientCertificate {
    certified: Arc<CertifiedKey>,
    hash: Key,
}

impl ClientCertificate {
    /// Reads certificate and key, both PEM.
    ///
    /// # Errors
    /// A sentence about what cannot be used; it holds nothing of either.
    pub(super) fn from_pem(certificate: &Secret, key: &Secret, hash: Key) -> Result<Self, &'static str> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate.expose().as_bytes()).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or("the client certificate is not PEM")?;
        let own = PrivateKeyDer::from_pem_slice(key.expose().as_bytes())
            .map_err(|_| "the client certificate's key is not a PEM private key")?;
        let provider = rustls::crypto::ring::default_provider();
        let own = provider
            .key_provider
            .load_private_key(own)
            .map_err(|_| "the client certificate's key is of a kind that cannot be used")?;
        let certified = CertifiedKey::new(chain, own);
        if matches!(certified.keys_match(), Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)))
        {
            return Err("the key is not that of the client certificate");
        }
        Ok(Self { certified: Arc::new(certified), hash })
    }

    /// The certificate and its key, for the handshake.
    pub(in crate::http) fn certified(&self) -> &Arc<CertifiedKey> {
        &self.certified
    }
}

impl PartialEq for ClientCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for ClientCertificate {}

impl Hash for ClientCertificate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(***)")
    }
}
