//! A public key of a load balancer, and its id.

use std::fmt;

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use rustls::pki_types::{SubjectPublicKeyInfoDer, pem::PemObject as _};
use thiserror::Error;
use uuid::Uuid;

/// What stands before the point in the DER of every P-256 key (RFC 5480): the algorithm `id-ecPublicKey`, the curve
/// `prime256v1`, and a bit string of 66 bytes with no bits unused.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A point of the curve: a byte that says "uncompressed", and two coordinates.
const POINT: usize = 65;

/// The id of a key.
///
/// It comes from whoever wrote the token and goes into an address, so nothing but a UUID passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(Uuid);

impl KeyId {
    /// Parses the `kid` of a token; `None` if it is not a UUID with its four hyphens.
    pub fn parse(raw: &str) -> Option<Self> {
        // `Uuid` would also take braces, `urn:uuid:` and no hyphens.
        let hyphenated = raw.len() == 36;
        hyphenated.then(|| Uuid::try_parse(raw).ok().map(Self))?
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// A public key on the curve P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; POINT]);

/// The text is not the public key of an ES256 signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a P-256 public key in PEM")]
pub struct NotAKey;

impl PublicKey {
    /// Reads a key in PEM, as the load balancer's key service gives it out.
    ///
    /// # Errors
    ///
    /// When it is anything but one uncompressed P-256 key.
    pub fn from_pem(pem: &[u8]) -> Result<Self, NotAKey> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem).map_err(|_| NotAKey)?;
        let point = der.strip_prefix(P256).ok_or(NotAKey)?;
        point.try_into().map(Self).map_err(|_| NotAKey)
    }

    /// Whether the owner of this key has signed these bytes; the signature is `r` and `s`, 32 bytes each.
    pub fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(bytes, signature)
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_uuid_is_the_id_of_a_key() {
        let id = "c2F80c8b-c05c-4068-af14-17299f7896b1";
        assert_eq!(
            KeyId::parse(id).unwrap().to_string(),
            id.to_lowercase(),
            "one key has one address"
        );
        for raw in [
            "",
            "..",
            "c2f80c8bc05c4068af1417299f7896b1",
            "{c2f80c8b-c05c-4068-af14-17299f7896b1}",
            "urn:uuid:c2f80c8b-c05c-4068-af14-17299f7896b1",
            "../../../c05c-4068-af14-17299f7896b1",
            "c2f80c8b/c05c/4068/af14/17299f7896b1",
            "c2f80c8b-c05c-4068-af14-17299f7896b1?a=b",
            "c2f80c8b-c05c-4068-af14-17299f7896b\n",
            "ｃ2f80c8b-c05c-4068-af14-17299f7896b1",
        ] {
            assert_eq!(KeyId::parse(raw), None, "{raw}");
        }
    }

    /// RFC 8410's example, an Ed25519 key.
    const OTHER_CURVE: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";

    #[test]
    fn what_is_not_a_p256_key_is_not_a_key() {
        for pem in ["", "<html>", OTHER_CURVE] {
            assert_eq!(PublicKey::from_pem(pem.as_bytes()), Err(NotAKey), "{pem}");
        }
    }
}
