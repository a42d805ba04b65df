//! Where a worker's results go: a folder that outlives it, or a bucket of S3.
//!
//! For the one call of S3 that this needs (PutObject) the request is signed here and sent by the client that is there
//! anyhow: the SDK of S3 is larger than the rest of this program.

use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use reqwest::Client;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How often it is tried: an hour of load must not be lost by one answer 503.
const ATTEMPTS: u32 = 4;

/// Where results go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of S3.
    Bucket {
        /// Its name.
        bucket: String,
        /// What the names of the objects begin with; empty, or with a slash at its end.
        prefix: String,
    },
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(address) = text.strip_prefix("s3://") else {
            return Ok(Self::Folder(text.into()));
        };
        let (bucket, prefix) = address.split_once('/').unwrap_or((address, ""));
        let prefix = prefix.trim_matches('/');
        // Of these nothing has to be encoded in an address, and the certificate of S3 knows the host.
        let plain = |text: &str, more: &str| {
            let sound = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            text.chars().all(sound)
        };
        if bucket.len() < 3 || !plain(bucket, "-") || !plain(prefix, "-_/.") {
            return Err("expected a folder, or a bucket such as s3://bucket/folder".to_owned());
        }
        let slash = if prefix.is_empty() { "" } else { "/" };
        Ok(Self::Bucket {
            bucket: bucket.to_owned(),
            prefix: format!("{prefix}{slash}"),
        })
    }
}

/// Memory that is written to and read at the end.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    /// What was written.
    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts an object into a bucket, with the region and the credentials of the environment.
pub async fn put(config: &SdkConfig, bucket: &str, key: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let client = Client::builder().timeout(TIMEOUT).build()?;
    let mut attempt = 1;
    loop {
        match put_once(&client, config, bucket, key, bytes).await {
            Ok(()) => return Ok(()),
            Err(error) if attempt == ATTEMPTS || !error.passes => {
                return Err(error.why).context("s3:PutObject failed");
            }
            Err(_) => tokio::time::sleep(Duration::from_secs(attempt.into())).await,
        }
        attempt += 1;
    }
}

/// Why an attempt failed, and whether that may pass.
struct Failed {
    passes: bool,
    why: anyhow::Error,
}

async fn put_once(
    client: &Client,
    config: &SdkConfig,
    bucket: &str,
    key: &str,
    bytes: &[u8],
) -> Result<(), Failed> {
    let stays = |why: anyhow::Error| Failed { passes: false, why };
    let passes = |why: anyhow::Error| Failed { passes: true, why };
    let url = address(config, bucket, key).map_err(stays)?;
    let headers = signature(config, &url, bytes).await.map_err(stays)?;
    let mut request = client.put(url).body(bytes.to_vec());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = request.send().await.map_err(|why| passes(why.into()))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let text = answer.text().await.unwrap_or_default();
    let text: String = text.chars().take(300).collect();
    Err(Failed {
        passes: status.is_server_error(),
        why: anyhow::anyhow!("{status}: {text}"),
    })
}

fn address(config: &SdkConfig, bucket: &str, key: &str) -> anyhow::Result<String> {
    Ok(match (config.endpoint_url(), config.region()) {
        (Some(endpoint), _) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
        (None, Some(region)) => format!("https://{bucket}.s3.{region}.amazonaws.com/{key}"),
        (None, None) => bail!("no region is set (AWS_REGION)"),
    })
}

/// The headers that say who asks (Signature Version 4).
async fn signature(
    config: &SdkConfig,
    url: &str,
    bytes: &[u8],
) -> anyhow::Result<Vec<(String, String)>> {
    let provider = config.credentials_provider().context("no credentials")?;
    let credentials = provider.provide_credentials().await?;
    let identity = credentials.into();
    let region = config.region().context("no region is set (AWS_REGION)")?;
    // S3 wants its paths as they are, and the hash of the body in a header.
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region.as_ref())
        .name("s3")
        .time(SystemTime::now())
        .settings(settings)
        .build()?
        .into();
    let request = SignableRequest::new("PUT", url, std::iter::empty(), SignableBody::Bytes(bytes))?;
    let (signed, _) = sign(request, &parameters)?.into_parts();
    let headers = signed.headers();
    Ok(headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        let bucket = |prefix: &str| {
            Ok(Place::Bucket {
                bucket: "results-1".to_owned(),
                prefix: prefix.to_owned(),
            })
        };
        assert_eq!("s3://results-1".parse(), bucket(""));
        assert_eq!("s3://results-1/".parse(), bucket(""));
        assert_eq!("s3://results-1/a/b/".parse(), bucket("a/b/"));
        assert_eq!("out/x".parse(), Ok(Place::Folder("out/x".into())));
        for text in ["s3://", "s3://a.b", "s3://results/a b", "s3://results/%2e"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
