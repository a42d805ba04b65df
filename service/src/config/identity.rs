//! Who people are, and who says so.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, ValueEnum};

use crate::{
    domain::UserName,
    identity::{
        Alb, Identity,
        keys::{KeyService, Keys},
        token::Expected,
    },
};

/// Who people are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Auth {
    /// Whoever they say they are.
    None,
    /// Whoever the load balancer has logged in.
    AlbOidc,
}

/// Who people are, and who says so. An empty value counts as none, as deployment templates write it.
#[derive(Debug, Args)]
pub struct People {
    /// Who people are: `none` believes the name they give (no default in production)
    #[arg(long, env, value_enum)]
    pub auth: Option<Auth>,
    /// ARN of the load balancer whose word is believed (with `alb-oidc`)
    #[arg(long, env)]
    pub alb_arn: Option<String>,
    /// Where the load balancer's public keys are (default: the address in its region)
    #[arg(long, env)]
    pub oidc_keys_url: Option<String>,
    /// The client id at the identity provider that tokens must be for (default: any that the load balancer uses)
    #[arg(long, env)]
    pub oidc_client_id: Option<String>,
    /// The claim that is a person's name; it must be one that people cannot change themselves
    #[arg(long, env, default_value = "email")]
    pub oidc_name_claim: String,
    /// Names of those who may act for others and change every event, separated by commas (with `alb-oidc`)
    #[arg(long, env, default_value = "")]
    pub admins: String,
}

impl People {
    /// Makes ready to know who people are.
    pub fn identity(&self) -> Result<Identity> {
        if self.auth != Some(Auth::AlbOidc) {
            return Ok(Identity::Claimed);
        }
        let Some(arn) = given(self.alb_arn.as_ref()) else {
            bail!(
                "AUTH=alb-oidc needs ALB_ARN, the load balancer's ARN: others sign tokens with keys from the same place"
            );
        };
        let region = region(arn).with_context(|| {
            format!("ALB_ARN={arn} is not the ARN of an application load balancer, with its region")
        })?;
        let service = match given(self.oidc_keys_url.as_ref()) {
            Some(url) => url.clone(),
            None if arn.starts_with("arn:aws:") => {
                format!("https://public-keys.auth.elb.{region}.amazonaws.com")
            }
            None => bail!(
                "outside of AWS's commercial regions, OIDC_KEYS_URL must say where the load balancer's keys are"
            ),
        };
        let service: KeyService = service
            .parse()
            .map_err(|reason| anyhow::anyhow!("OIDC_KEYS_URL={service} {reason}"))?;
        let name_claim = self.oidc_name_claim.trim();
        ensure!(!name_claim.is_empty(), "OIDC_NAME_CLAIM must not be empty");
        Ok(Identity::Alb(Arc::new(Alb {
            expected: Expected {
                signer: arn.clone(),
                client: given(self.oidc_client_id.as_ref()).cloned(),
                name_claim: name_claim.to_owned(),
            },
            keys: Keys::new(service)?,
            admins: admins(&self.admins, name_claim)?,
        })))
    }
}

fn given(value: Option<&String>) -> Option<&String> {
    value.filter(|value| !value.is_empty())
}

/// The region in `arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>`.
fn region(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    let mut next = || parts.next().filter(|part| !part.is_empty());
    let (scheme, _, service, region, account, resource) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    let mut name = resource.strip_prefix("loadbalancer/app/")?.split('/');
    let of_region = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let named = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    (scheme == "arn"
        && service == "elasticloadbalancing"
        && region.bytes().all(of_region)
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && named(name.next())
        && named(name.next())
        && name.next().is_none())
    .then_some(region)
}

fn admins(raw: &str, name_claim: &str) -> Result<BTreeSet<String>> {
    let names = raw
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names
        .map(|name| {
            let name = UserName::parse(name)
                .map_err(|reason| anyhow::anyhow!("a name in ADMINS {reason}: {name:?}"))?;
            // As the names in tokens.
            Ok(match name_claim {
                "email" => name.as_str().to_lowercase(),
                _ => name.as_str().to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_is_that_of_an_application_load_balancer() {
        let arn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/events/50dc6c495c0c9188";
        assert_eq!(region(arn), Some("ap-northeast-1"));
        for (from, to) in [
            ("arn:", "urn:"),
            ("ap-northeast-1", ""),
            ("ap-northeast-1", "evil.example/"),
            ("elasticloadbalancing", "ecs"),
            ("123456789012", "12345678901"),
            ("123456789012", "12345678901x"),
            ("/app/", "/net/"),
            ("/50dc6c495c0c9188", ""),
            ("/50dc6c495c0c9188", "/50dc6c495c0c9188/1"),
        ] {
            assert_eq!(region(&arn.replace(from, to)), None, "{from:?} → {to:?}");
        }
    }

    #[test]
    fn admins_are_named_as_in_tokens() {
        let parsed = |raw, claim| admins(raw, claim).unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(
            parsed(" Aki@Example.com, ben@example.com,,", "email"),
            ["aki@example.com", "ben@example.com"]
        );
        assert_eq!(parsed("Aki", "sub"), ["Aki"]);
        assert!(parsed("", "email").is_empty());
        assert!(admins("a\0b", "email").is_err());
    }
}
