//! A load balancer that signs who somebody is, as far as a token shows it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use chrono::Utc;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const ARN: &str = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/events/50dc6c495c0c9188";

/// What stands before the point in a P-256 key in DER.
const P256: &str = "3059301306072a8648ce3d020106082a8648ce3d030107034200";

pub(crate) struct Signer {
    pub(crate) key_id: String,
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self {
            key_id: Uuid::new_v4().to_string(),
            pair: EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap(),
            random,
        }
    }

    /// The public key, as the key service gives it out.
    pub(crate) fn pem(&self) -> String {
        let byte = |at| u8::from_str_radix(&P256[at..at + 2], 16).unwrap();
        let mut der: Vec<u8> = (0..P256.len()).step_by(2).map(byte).collect();
        der.extend(self.pair.public_key().as_ref());
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let (first, second) = text.split_at(64);
        format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n")
    }

    /// The header of a token that is good for two minutes.
    pub(crate) fn header(&self) -> Value {
        json!({
            "typ": "JWT",
            "kid": self.key_id,
            "alg": "ES256",
            "iss": "https://login.example",
            "client": "events",
            "signer": ARN,
            "exp": Utc::now().timestamp() + 120,
        })
    }

    /// The token of somebody who has logged in.
    pub(crate) fn token(&self, email: &str) -> String {
        let claims = json!({ "sub": "7", "email": email, "email_verified": "true" });
        self.sign(&self.header().to_string(), &claims.to_string())
    }

    /// A token with that header and those claims, padded as the load balancer does.
    pub(crate) fn sign(&self, header: &str, claims: &str) -> String {
        self.sign_text(&format!(
            "{}.{}",
            URL_SAFE.encode(header),
            URL_SAFE.encode(claims)
        ))
    }

    /// A text with its signature.
    pub(crate) fn sign_text(&self, text: &str) -> String {
        let signature = self.pair.sign(&self.random, text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE.encode(signature))
    }
}
