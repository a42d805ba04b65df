//! Until when a certificate is good.
//!
//! Whether it is good at all, for this name and from somebody who is trusted, has been checked by the connection. Only
//! its end is read here (RFC 5280, section 4.1): a parser of whole certificates would be much code for one date.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::{words, words::Words};

/// Certificates of AWS are renewed 60 days before their end: one that is so near to it was not renewed.
const SOON: TimeDelta = TimeDelta::days(21);

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version, which the oldest certificates lack.
const VERSION: u8 = 0xa0;

/// When the certificate runs out; `None` if it cannot be read.
fn end(certificate: &[u8]) -> Option<DateTime<Utc>> {
    let (certificate, _) = part(certificate, SEQUENCE)?;
    let (fields, _) = part(certificate, SEQUENCE)?;
    let fields = part(fields, VERSION).map_or(fields, |(_, rest)| rest);
    let (_serial, fields) = part(fields, INTEGER)?;
    let (_signature, fields) = part(fields, SEQUENCE)?;
    let (_issuer, fields) = part(fields, SEQUENCE)?;
    let (validity, _) = part(fields, SEQUENCE)?;
    let (_begin, validity) = time(validity)?;
    time(validity).map(|(end, _)| end)
}

fn time(der: &[u8]) -> Option<(DateTime<Utc>, &[u8])> {
    let (text, rest) = part(der, UTC_TIME).or_else(|| part(der, GENERALIZED_TIME))?;
    let text = std::str::from_utf8(text).ok()?;
    // Two digits of a year mean 1950 to 2049.
    let text = match (text.len(), text.get(..2)) {
        (13, Some(year)) if year < "50" => format!("20{text}"),
        (13, _) => format!("19{text}"),
        _ => text.to_owned(),
    };
    let time = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?;
    Some((time.and_utc(), rest))
}

/// What a part of this kind holds, and what follows it.
fn part(der: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, first], rest) = der.split_first_chunk()?;
    if found != kind {
        return None;
    }
    // A long length says first how many bytes it has.
    let (length, rest) = match first {
        0..0x80 => (usize::from(first), rest),
        _ => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = bytes.iter().try_fold(0_usize, |length, byte| {
                length.checked_mul(256)?.checked_add(usize::from(*byte))
            });
            (length?, rest)
        }
    };
    rest.split_at_checked(length)
}

/// What to say of a certificate; `Err` if somebody has to renew it soon.
pub(super) fn judge(certificate: &[u8], now: DateTime<Utc>) -> Result<Words, Words> {
    let Some(end) = end(certificate) else {
        return Err(words!(
            "the end of the certificate cannot be read",
            "証明書の有効期限を読み取れません"
        ));
    };
    let (days, day) = ((end - now).num_days(), end.format("%Y-%m-%d"));
    if end - now < SOON {
        return Err(words!(
            "the certificate runs out in {days} days, on {day}",
            "証明書の有効期限まで {days} 日 ({day})"
        ));
    }
    Ok(words!(
        "TLS 1.2 or newer; the certificate is trusted and good until {day} ({days} days)",
        "TLS 1.2 以降。証明書は信頼でき、有効期限は {day} (残り {days} 日)"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_near_its_end_is_told() {
        let mut parameters = rcgen::CertificateParams::new(vec!["events.example".into()]).unwrap();
        parameters.not_after = rcgen::date_time_ymd(2027, 3, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        let der = certificate.der();
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let good = judge(der, at("2026-11-22T00:00:00Z")).unwrap();
        assert!(good.en.contains("2027-03-01 (99 days)"), "{good:?}");
        let soon = judge(der, at("2027-02-20T00:00:00Z")).unwrap_err();
        assert!(soon.en.contains("in 9 days"), "{soon:?}");
        for length in 0..der.len() {
            assert!(
                judge(&der[..length], at("2026-11-22T00:00:00Z")).is_err(),
                "cut at {length}"
            );
        }
        for (year, text) in [(2051, "2051-03-01"), (2049, "2049-03-01")] {
            parameters.not_after = rcgen::date_time_ymd(year, 3, 1);
            let der = parameters.self_signed(&key).unwrap();
            let end = end(der.der()).unwrap();
            assert_eq!(end.format("%Y-%m-%d").to_string(), text);
        }
    }
}
