//! The secret in the address of somebody's calendar feed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// What is kept of a secret.
pub type Hash = [u8; 32];

/// A secret that nobody can guess: whoever has it may read the events. Not to be logged, so it cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; Secret::LENGTH]);

impl Secret {
    /// The number of random bytes.
    pub const LENGTH: usize = 32;

    /// Makes a secret of random bytes.
    pub fn new(random: [u8; Self::LENGTH]) -> Self {
        Self(random)
    }

    /// Reads the secret in an address; `None` if it is none.
    pub fn parse(raw: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(raw).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The secret as it stands in an address.
    pub fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it. It has so many random bits that a plain hash gives nothing away.
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_written_and_has_one_spelling() {
        let secret = Secret::new([0xfb; Secret::LENGTH]);
        let written = secret.write();
        assert_eq!(written.len(), 43);
        assert!(Secret::parse(&written) == Some(secret.clone()));
        assert_ne!(secret.hash(), Secret::new([0xfa; Secret::LENGTH]).hash());
        // The last character has bits to spare, which must be none of anybody's.
        let other = format!("{}{}", &written[..42], "t");
        for raw in ["", "abc", &written[1..], &format!("{written}A"), &other] {
            assert!(Secret::parse(raw).is_none(), "{raw}");
        }
    }
}
