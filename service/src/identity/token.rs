//! What the load balancer says of a person, and whether it is to be believed. Pure.
//!
//! The token has the form of a JWT, with two differences from other JWTs: its base64 is padded, and the signature is
//! over that padded text; and the claims that matter for trust (`signer`, `client`, `exp`) are in its header.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};
use thiserror::Error;

use super::key::{KeyId, PublicKey};
use crate::domain::UserName;

/// The longest token read, in bytes: what the load balancer itself lets a header have.
const LONGEST: usize = 16 * 1024;
/// How far the load balancer's clock and ours may be apart.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);
/// With padding, as the load balancer writes it, or without, as the standard has it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a token must say.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The ARN of our load balancer: others sign with keys from the same service.
    pub signer: String,
    /// Our id at the identity provider, if that shall be checked.
    pub client: Option<String>,
    /// The claim that is the name of the person.
    pub name_claim: String,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// There is none.
    #[error("the request has no x-amzn-oidc-data header")]
    Missing,
    /// There is more than one, and nobody can say which is the load balancer's.
    #[error("the request has several x-amzn-oidc-data headers")]
    Repeated,
    /// It is not what the load balancer would write.
    #[error("the token is malformed: {0}")]
    Malformed(&'static str),
    /// It is signed in another way than ES256, or not at all.
    #[error("the token is not signed with ES256 but {0:?}")]
    Algorithm(String),
    /// Another load balancer has signed it.
    #[error("the token's signer is {0:?}, which is not ALB_ARN")]
    Signer(String),
    /// It was made for another application.
    #[error("the token's client is {0:?}, which is not OIDC_CLIENT_ID")]
    Client(String),
    /// It was good until this time.
    #[error("the token expired at {0}, or the clocks differ")]
    Expired(DateTime<Utc>),
    /// The key service knows no key of that id.
    #[error("no load balancer of the region has the token's key")]
    UnknownKey,
    /// It was changed, or signed with another key.
    #[error("the token's signature is wrong")]
    Signature,
    /// It is genuine, but does not say who the person is.
    #[error("the token's claim {claim:?} {problem}; OIDC_NAME_CLAIM chooses another")]
    Name {
        /// The claim that should be the name.
        claim: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Refusal {
    /// The class of the reason, for those who have to tell them apart.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Repeated => "repeated",
            Self::Malformed(_) => "malformed",
            Self::Algorithm(_) => "other-algorithm",
            Self::Signer(_) => "other-signer",
            Self::Client(_) => "other-client",
            Self::Expired(_) => "expired",
            Self::UnknownKey => "unknown-key",
            Self::Signature => "wrong-signature",
            Self::Name { .. } => "no-name",
        }
    }
}

/// A token that says the right things, but has not been verified.
#[derive(Debug)]
pub struct Token<'t> {
    key_id: KeyId,
    signed: &'t str,
    claims: &'t str,
    signature: Vec<u8>,
}

/// The token's header. A member that occurs twice is an error.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    signer: Option<String>,
    client: Option<String>,
    exp: Option<i64>,
    /// Extensions that whoever does not know them must refuse (RFC 7515, 4.1.11).
    crit: Option<IgnoredAny>,
}

impl<'t> Token<'t> {
    /// Takes a token apart and checks what can be checked without a key.
    ///
    /// # Errors
    ///
    /// When it can be told already that the token is not to be believed.
    pub fn parse(raw: &'t [u8], expected: &Expected, now: DateTime<Utc>) -> Result<Self, Refusal> {
        if raw.len() > LONGEST {
            return Err(Refusal::Malformed("it is too long"));
        }
        let raw = str::from_utf8(raw).map_err(|_| Refusal::Malformed("it is not text"))?;
        let three = || {
            let (signed, signature) = raw.rsplit_once('.')?;
            let (header, claims) = signed.split_once('.')?;
            (!claims.contains('.')).then_some((signed, header, claims, signature))
        };
        let (signed, header, claims, signature) =
            three().ok_or(Refusal::Malformed("it does not have three parts"))?;
        let header: Header = serde_json::from_slice(&decode(header)?)
            .map_err(|_| Refusal::Malformed("its header is not that of a token"))?;

        if header.alg != "ES256" {
            return Err(Refusal::Algorithm(shortened(header.alg)));
        }
        if header.crit.is_some() {
            return Err(Refusal::Malformed("it demands extensions"));
        }
        if header.signer.as_ref() != Some(&expected.signer) {
            return Err(Refusal::Signer(shortened(
                header.signer.unwrap_or_default(),
            )));
        }
        if expected.client.is_some() && header.client != expected.client {
            return Err(Refusal::Client(shortened(
                header.client.unwrap_or_default(),
            )));
        }
        let expires = header
            .exp
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .ok_or(Refusal::Malformed("it does not say when it expires"))?;
        if now.signed_duration_since(expires) > LEEWAY {
            return Err(Refusal::Expired(expires));
        }
        let key_id = header
            .kid
            .and_then(|kid| KeyId::parse(&kid))
            .ok_or(Refusal::Malformed("its key id is not a UUID"))?;
        let signature = decode(signature)?;
        Ok(Self {
            key_id,
            signed,
            claims,
            signature,
        })
    }

    /// The id of the key that it says it is signed with.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The name of the person, if the owner of this key says so.
    ///
    /// There is no second choice of claim: one that people can edit themselves at the identity provider would let
    /// them be somebody else.
    ///
    /// # Errors
    ///
    /// When the signature is wrong, or the token does not say who the person is.
    pub fn verify(self, key: &PublicKey, expected: &Expected) -> Result<UserName, Refusal> {
        if !key.has_signed(self.signed.as_bytes(), &self.signature) {
            return Err(Refusal::Signature);
        }
        let claims: Map<String, Value> = serde_json::from_slice(&decode(self.claims)?)
            .map_err(|_| Refusal::Malformed("its claims are not a JSON object"))?;
        name(&claims, &expected.name_claim).map_err(|problem| Refusal::Name {
            claim: expected.name_claim.clone(),
            problem,
        })
    }
}

fn name(claims: &Map<String, Value>, claim: &str) -> Result<UserName, &'static str> {
    let value = claims.get(claim).ok_or("is not there")?;
    let value = value.as_str().ok_or("is not text")?;
    if claim != "email" {
        return UserName::parse(value).map_err(|_| "is not a name");
    }
    // Some providers write it as text. Who says nothing of it, as directories of a company do, gives out addresses.
    let unverified = [Value::from(false), Value::from("false")];
    let verified = claims.get("email_verified");
    if verified.is_some_and(|verified| unverified.contains(verified)) {
        return Err("is an address that was not verified");
    }
    // Mail treats both cases alike; without this, one person could have two names.
    UserName::parse(&value.to_lowercase()).map_err(|_| "is not a name")
}

fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    BASE64
        .decode(part)
        .map_err(|_| Refusal::Malformed("a part of it is not base64"))
}

/// Enough of a text that somebody else wrote to recognise it in the log.
fn shortened(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(200));
    text
}
