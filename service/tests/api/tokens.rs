//! Tokens that are good and tokens that are forged, without a network.

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use chrono::Utc;
use ring::hmac;
use serde_json::{Value, json};
use service::identity::{
    key::PublicKey,
    token::{Expected, Token},
};

use crate::signer::{ARN, Signer};

/// The name in the token, or the class of the reason why it is not believed.
fn judge(signer: &Signer, token: &str) -> Result<String, &'static str> {
    judge_as(signer, token, "email", Some("events"))
}

fn judge_as(
    signer: &Signer,
    token: &str,
    name_claim: &str,
    client: Option<&str>,
) -> Result<String, &'static str> {
    let key = PublicKey::from_pem(signer.pem().as_bytes()).unwrap();
    let expected = Expected {
        signer: ARN.to_owned(),
        client: client.map(ToOwned::to_owned),
        name_claim: name_claim.to_owned(),
    };
    Token::parse(token.as_bytes(), &expected, Utc::now())
        .and_then(|token| token.verify(&key, &expected))
        .map(|name| name.as_str().to_owned())
        .map_err(|refusal| refusal.class())
}

/// The signer's header with some members changed, or taken out by null.
fn header(signer: &Signer, changes: Value) -> String {
    let mut header = signer.header();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => header.as_object_mut().unwrap().remove(name),
            value => header
                .as_object_mut()
                .unwrap()
                .insert(name.clone(), value.clone()),
        };
    }
    header.to_string()
}

const CLAIMS: &str = r#"{"sub":"1","email":"aki@example.com"}"#;

#[test]
fn genuine_tokens_are_believed_with_padding_and_without() {
    let signer = Signer::new();
    // Of three lengths in a row, two have padding.
    for email in ["aki@example.com", "akio@example.com", "akiko@example.com"] {
        assert_eq!(judge(&signer, &signer.token(email)).as_deref(), Ok(email));
        let padded = signer.token(email);
        let (text, _) = padded.rsplit_once('.').unwrap();
        let bare = signer.sign_text(&text.replace('=', ""));
        assert_eq!(
            judge(&signer, bare.trim_end_matches('=')).as_deref(),
            Ok(email)
        );
    }
}

#[test]
fn the_signature_is_that_of_the_bytes_as_they_came() {
    let signer = Signer::new();
    let padded = signer.sign(
        &header(&signer, json!({ "iss": "x" })),
        "{\"email\":\"a@b\"}",
    );
    assert!(padded.contains("=."), "{padded}");
    assert_eq!(judge(&signer, &padded).as_deref(), Ok("a@b"));
    assert_eq!(
        judge(&signer, &padded.replace('=', "")),
        Err("wrong-signature")
    );
}

#[test]
fn the_header_must_be_one_of_our_load_balancer() {
    let signer = Signer::new();
    let now = Utc::now().timestamp();
    let other = ARN.replace("50dc", "60dc");
    let path = format!("{}/..", signer.key_id);
    for (changes, expected) in [
        (json!({}), Ok("aki@example.com")),
        (json!({ "alg": "none" }), Err("other-algorithm")),
        (json!({ "alg": "HS256" }), Err("other-algorithm")),
        (json!({ "alg": "ES384" }), Err("other-algorithm")),
        (json!({ "alg": "es256" }), Err("other-algorithm")),
        (json!({ "alg": null }), Err("malformed")),
        (json!({ "signer": other }), Err("other-signer")),
        (json!({ "signer": format!("{ARN}/") }), Err("other-signer")),
        (json!({ "signer": null }), Err("other-signer")),
        (json!({ "client": "lunch" }), Err("other-client")),
        (json!({ "client": null }), Err("other-client")),
        (json!({ "exp": now - 25 }), Ok("aki@example.com")),
        (json!({ "exp": now - 35 }), Err("expired")),
        (json!({ "exp": 0 }), Err("expired")),
        (json!({ "exp": i64::MAX }), Err("malformed")),
        (json!({ "exp": (now + 60).to_string() }), Err("malformed")),
        (json!({ "exp": null }), Err("malformed")),
        (json!({ "kid": "../../attacker/key" }), Err("malformed")),
        (json!({ "kid": path }), Err("malformed")),
        (json!({ "kid": null }), Err("malformed")),
        (json!({ "crit": ["b64"], "b64": false }), Err("malformed")),
    ] {
        let token = signer.sign(&header(&signer, changes.clone()), CLAIMS);
        let judged = judge(&signer, &token);
        assert_eq!(
            judged.as_deref().map_err(|class| *class),
            expected,
            "{changes}"
        );
    }
    // The claims are what a person at the identity provider is; they say nothing of the load balancer.
    let elsewhere = json!({ "email": "aki@example.com", "signer": ARN, "exp": now + 60 });
    let token = signer.sign(
        &header(&signer, json!({ "signer": null })),
        &elsewhere.to_string(),
    );
    assert_eq!(judge(&signer, &token), Err("other-signer"));
    let twice = header(&signer, json!({})).replacen('{', r#"{"signer":"x","#, 1);
    assert_eq!(
        judge(&signer, &signer.sign(&twice, CLAIMS)),
        Err("malformed")
    );
    let any = signer.sign(&header(&signer, json!({ "client": "lunch" })), CLAIMS);
    assert!(judge_as(&signer, &any, "email", None).is_ok());
}

#[test]
fn forged_signatures_are_not_believed() {
    let (signer, thief) = (Signer::new(), Signer::new());
    let genuine = signer.token("aki@example.com");
    let parts: Vec<_> = genuine.split('.').collect();
    let [head, claims, signature] = parts[..] else {
        panic!("{genuine}");
    };
    let theirs = URL_SAFE.encode(r#"{"email":"boss@example.com"}"#);
    let later = URL_SAFE.encode(header(&signer, json!({ "exp": 9_999_999_999_i64 })));
    let unsigned = URL_SAFE.encode(header(&signer, json!({ "alg": "none" })));
    let symmetric = URL_SAFE.encode(header(&signer, json!({ "alg": "HS256" })));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, signer.pem().as_bytes());
    let mac = hmac::sign(&secret, format!("{symmetric}.{theirs}").as_bytes());
    for (token, expected) in [
        (
            thief.sign(&header(&signer, json!({})), CLAIMS),
            "wrong-signature",
        ),
        (format!("{head}.{theirs}.{signature}"), "wrong-signature"),
        (format!("{later}.{claims}.{signature}"), "wrong-signature"),
        (format!("{head}.{claims}."), "wrong-signature"),
        (
            format!("{head}.{claims}.{}", URL_SAFE.encode([0; 64])),
            "wrong-signature",
        ),
        (
            format!("{head}.{claims}.{}", &signature[4..]),
            "wrong-signature",
        ),
        (format!("{unsigned}.{theirs}."), "other-algorithm"),
        (
            format!("{symmetric}.{theirs}.{}", URL_SAFE.encode(mac)),
            "other-algorithm",
        ),
    ] {
        assert_eq!(judge(&signer, &token), Err(expected), "{token}");
    }
}

#[test]
fn what_is_no_token_is_malformed() {
    let signer = Signer::new();
    let genuine = signer.token("aki@example.com");
    let (text, signature) = genuine.rsplit_once('.').unwrap();
    let huge = json!({ "email": "aki@example.com", "groups": "x".repeat(17_000) });
    for token in [
        String::new(),
        "..".to_owned(),
        text.to_owned(),
        format!("{genuine}."),
        format!("{text}.{text}.{signature}"),
        format!("Bearer {genuine}"),
        format!("{text}.{}", "*".repeat(88)),
        signer.sign("{}", CLAIMS),
        signer.sign("[]", CLAIMS),
        signer.sign("not JSON", CLAIMS),
        signer.sign(&signer.header().to_string(), "[]"),
        signer.sign(&signer.header().to_string(), &huge.to_string()),
    ] {
        let shown: String = token.chars().take(200).collect();
        assert_eq!(judge(&signer, &token), Err("malformed"), "{shown}");
    }
}

#[test]
fn the_name_is_one_claim_and_no_other() {
    let signer = Signer::new();
    let no_name = Err("no-name");
    for (claim, claims, expected) in [
        (
            "email",
            json!({ "email": "Aki@Example.COM" }),
            Ok("aki@example.com"),
        ),
        (
            "email",
            json!({ "email": "a@b", "email_verified": true }),
            Ok("a@b"),
        ),
        (
            "email",
            json!({ "email": "a@b", "email_verified": false }),
            no_name,
        ),
        (
            "email",
            json!({ "email": "a@b", "email_verified": "false" }),
            no_name,
        ),
        ("email", json!({ "name": "Aki", "sub": "1" }), no_name),
        ("email", json!({ "email": ["a@b"] }), no_name),
        ("email", json!({ "email": " " }), no_name),
        ("email", json!({ "email": "a\0@b" }), no_name),
        ("email", json!({ "email": "a".repeat(101) }), no_name),
        (
            "name",
            json!({ "name": "秋 Aki", "email_verified": false }),
            Ok("秋 Aki"),
        ),
        ("name", json!({ "email": "a@b" }), no_name),
    ] {
        let token = signer.sign(&signer.header().to_string(), &claims.to_string());
        let judged = judge_as(&signer, &token, claim, None);
        assert_eq!(
            judged.as_deref().map_err(|class| *class),
            expected,
            "{claims}"
        );
    }
}
