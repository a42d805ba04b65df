//! Places in a list, handed to clients and taken back from them only if they are still the same.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use ring::hmac;

use super::{Event, Filter, Reason};

/// A place in the order of lists: that of an event. The next page begins after the last event of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// When the event begins.
    pub event_date: DateTime<Utc>,
    /// Its number, which settles equal times.
    pub id: i64,
}

/// What signs cursors, so that only those that were given out are taken back, and only by the same list.
#[derive(Clone)]
pub struct CursorKey(hmac::Key);

impl CursorKey {
    /// The key made of a secret; all tasks that serve the same clients need the same one.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Writes a place in a list for clients, who need not understand it. `list` tells the list from all others.
    pub(super) fn seal(&self, place: &[u8], list: &[u8]) -> String {
        let signature = hmac::sign(&self.0, &[place, list].concat());
        URL_SAFE_NO_PAD.encode([place, signature.as_ref()].concat())
    }

    /// Reads a place of `N` bytes that [`CursorKey::seal`] wrote for the same list with the same key.
    pub(super) fn open<const N: usize>(&self, raw: &str, list: &[u8]) -> Result<[u8; N], Reason> {
        let open = || {
            let bytes = URL_SAFE_NO_PAD.decode(raw).ok()?;
            let (place, signature) = bytes.split_first_chunk()?;
            hmac::verify(&self.0, &[place.as_slice(), list].concat(), signature).ok()?;
            Some(*place)
        };
        open().ok_or(Reason::BadCursor)
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey")
    }
}

impl Cursor {
    /// The length of a written cursor, in characters.
    pub const LENGTH: usize = 64;

    /// The place of an event.
    pub fn of(event: &Event) -> Self {
        Self {
            event_date: event.event_date,
            id: event.id,
        }
    }

    /// Parses a cursor that [`Cursor::write`] made for the same list with the same key.
    pub fn parse(raw: &str, filter: &Filter, key: &CursorKey) -> Result<Self, Reason> {
        let place = i128::from_be_bytes(key.open(raw, &filter.canonical())?);
        // The upper half is the time, the lower the number.
        let event_date = DateTime::from_timestamp_micros((place >> 64) as i64);
        Ok(Self {
            event_date: event_date.ok_or(Reason::BadCursor)?,
            id: place as i64,
        })
    }

    /// Writes the cursor for clients.
    pub fn write(self, filter: &Filter, key: &CursorKey) -> String {
        let micros = self.event_date.timestamp_micros().to_be_bytes();
        let place = [micros, self.id.to_be_bytes()].concat();
        key.seal(&place, &filter.canonical())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Text, When};

    fn cursor() -> Cursor {
        Cursor {
            event_date: DateTime::from_timestamp_micros(-1_700_000_000_123_456).unwrap(),
            id: 42,
        }
    }

    fn filter(words: Option<&str>, user: Option<&str>) -> Filter {
        Filter {
            words: words.map(|words| Text::parse(words).unwrap()),
            user: user.map(|user| Text::parse(user).unwrap()),
            ..Filter::default()
        }
    }

    #[test]
    fn cursors_come_back_as_they_were() {
        let (key, filter) = (CursorKey::new(b"secret"), filter(Some("勉強"), None));
        let written = cursor().write(&filter, &key);
        assert_eq!(written.len(), Cursor::LENGTH);
        assert_eq!(Cursor::parse(&written, &filter, &key), Ok(cursor()));
    }

    #[test]
    fn cursors_of_other_lists_and_keys_are_refused() {
        let key = CursorKey::new(b"secret");
        let written = cursor().write(&filter(Some("a"), None), &key);
        let past = Filter {
            when: When::Past,
            ..filter(Some("a"), None)
        };
        for other in [
            filter(None, None),
            filter(None, Some("a")),
            filter(Some("a"), Some("a")),
            past,
        ] {
            assert_eq!(
                Cursor::parse(&written, &other, &key),
                Err(Reason::BadCursor),
                "{other:?}"
            );
        }
        assert!(
            Cursor::parse(
                &written,
                &filter(Some("a"), None),
                &CursorKey::new(b"other")
            )
            .is_err()
        );
    }

    #[test]
    fn changed_cursors_are_refused() {
        let (key, filter) = (CursorKey::new(b"secret"), Filter::default());
        let written = cursor().write(&filter, &key);
        for index in 0..written.len() {
            let mut changed = written.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(Cursor::parse(&changed, &filter, &key).is_err(), "{changed}");
        }
        for raw in [
            "",
            "A",
            &written[1..],
            &format!("{written}="),
            &format!("{written}AAAA"),
        ] {
            assert!(Cursor::parse(raw, &filter, &key).is_err(), "{raw}");
        }
    }
}
