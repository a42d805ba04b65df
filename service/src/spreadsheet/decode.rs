//! From the bytes of a file to its text: UTF-8 as most programs write it, Shift_JIS as Excel does in Japan.

use encoding_rs::{Encoding, SHIFT_JIS};

use super::Fault;

/// The files of Excel itself: of today, and of before 2007.
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"];

/// The text of a file.
///
/// # Errors
///
/// When it is a workbook, or in neither of the encodings.
pub(super) fn text(bytes: &[u8]) -> Result<String, Fault> {
    if WORKBOOKS.iter().any(|begin| bytes.starts_with(begin)) {
        return Err(Fault::Workbook);
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return decode(encoding, &bytes[length..]);
    }
    // A text of Shift_JIS that is UTF-8 as well is plain ASCII, the same in both.
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => decode(SHIFT_JIS, bytes),
    }
}

fn decode(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Fault> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    text.map(String::from).ok_or(Fault::NotText)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_and_shift_jis_are_told_apart() {
        let japanese = "日時,タイトル\r\n2026/12/4 19:00,勉強会①～\r\n";
        let (shift_jis, _, _) = SHIFT_JIS.encode(japanese);
        let utf_16: Vec<u8> = "\u{feff}日時,"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(text(japanese.as_bytes()), Ok(japanese.to_owned()));
        assert_eq!(
            text(format!("\u{feff}{japanese}").as_bytes()),
            Ok(japanese.to_owned())
        );
        assert_eq!(text(&shift_jis), Ok(japanese.to_owned()));
        assert_eq!(text(&utf_16), Ok("日時,".to_owned()));
        assert_eq!(text(b""), Ok(String::new()));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(text(b"PK\x03\x04\x14\x00"), Err(Fault::Workbook));
        assert_eq!(text(b"\xd0\xcf\x11\xe0\xa1"), Err(Fault::Workbook));
        for odd in [
            b"\xff\xd8\xff\xe0".as_slice(),
            b"caf\xe9\x20",
            b"\xef\xbb\xbf\xff",
        ] {
            assert_eq!(text(odd), Err(Fault::NotText), "{odd:?}");
        }
    }
}
