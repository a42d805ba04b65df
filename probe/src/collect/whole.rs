//! Takes no half answer for a whole one.
//!
//! The SDK reads XML that ends in the middle as if the rest were not there, and an empty body as an answer with
//! nothing in it: a list of security groups that is cut off would be a list without the group that is looked for.

use aws_sdk_ecs::{
    config::{
        ConfigBag, Intercept, RuntimeComponents,
        interceptors::AfterDeserializationInterceptorContextRef,
    },
    error::BoxError,
};

/// Fails a call whose successful answer is empty or ends before its end.
#[derive(Debug)]
pub(super) struct Whole;

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "Whole"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        match response.body().bytes() {
            Some(body) if response.status().is_success() && !is_whole(body) => {
                Err("the answer is not complete".into())
            }
            _ => Ok(()),
        }
    }
}

/// Whether something is there, and XML ends with the element that it began with. The parsers of JSON and CBOR see
/// themselves that something is missing.
fn is_whole(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    if body.first() != Some(&b'<') {
        return !body.is_empty();
    }
    let text = String::from_utf8_lossy(body);
    let Some(end) = text.strip_suffix('>').map(str::trim_ascii_end) else {
        return false;
    };
    let mut opened = text
        .split('<')
        .skip(1)
        .filter(|part| !part.starts_with(['?', '!']));
    let first = opened.next().unwrap_or_default();
    let root = first
        .split(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace())
        .next()
        .unwrap_or_default();
    end.ends_with(&format!("</{root}")) || (end.ends_with('/') && opened.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn xml_is_whole_with_its_last_element_only() {
        let answer = "<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><B>1</B><B/><C>a &gt; b</C></A>";
        assert!(is_whole(answer.as_bytes()));
        assert!(is_whole(format!("\n{answer}\n").as_bytes()));
        assert!(is_whole(b"<A/>"));
        for end in 1..answer.len() {
            let part = &answer[..end];
            assert!(!is_whole(part.as_bytes()), "{part}");
        }
    }

    #[test]
    fn nothing_is_not_an_answer() {
        assert!(!is_whole(b""));
        assert!(!is_whole(b" \n"));
        assert!(is_whole(b"{}"));
        assert!(is_whole(&[0xbf, 0xff]));
    }
}
