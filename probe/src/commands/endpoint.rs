//! The address that stands in for AWS. One that is none is told before anything is called: at an empty one the SDK panics.

use std::env;

use reqwest::Url;

use super::Error;
use crate::words;

/// Looks at the address of the command line, else at the environment's.
pub(super) fn check(named: Option<&str>) -> Result<(), Error> {
    let set = || env::var("AWS_ENDPOINT_URL").ok();
    let Some(address) = named.map(str::to_owned).or_else(set) else {
        return Ok(());
    };
    let is_usable = |url: Url| ["http", "https"].contains(&url.scheme()) && url.has_host();
    if Url::parse(&address).is_ok_and(is_usable) {
        return Ok(());
    }
    Err(Error::Usage(words!(
        "\"{address}\" cannot stand in for AWS: that takes an address with http:// or https://\nhint: correct --endpoint-url or AWS_ENDPOINT_URL; for AWS itself: unset AWS_ENDPOINT_URL",
        "「{address}」を AWS の代わりの接続先として使えません。http:// または https:// で始まる URL が必要です\nヒント: --endpoint-url または AWS_ENDPOINT_URL を修正してください。本物の AWS に接続する場合は unset AWS_ENDPOINT_URL を実行します"
    )))
}
