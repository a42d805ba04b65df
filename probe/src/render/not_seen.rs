//! The calls that did not answer.

use super::page::Paint;
use crate::{views::NotSeen, words::phrases};

phrases! {
    pub(super) NOT_SEEN = "not seen", "確認不可";
}

/// A call that did not answer, and what to do.
pub(super) fn not_seen(call: &NotSeen, paint: &Paint) -> Vec<String> {
    let (unsure, strong) = (paint.unsure, paint.strong);
    let NotSeen {
        operation,
        code,
        message,
        action,
    } = call;
    let mut lines = vec![format!("{unsure}{operation}{unsure:#}: {code}: {message}")];
    lines.extend(
        action
            .as_ref()
            .map(|action| format!("  {strong}→{strong:#} {action}")),
    );
    lines
}
