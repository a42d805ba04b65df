//! Whether probe can work here, for a person.

use super::{
    page::{Page, Screen},
    wrap::width,
};
use crate::{
    views::{About, Doctor, State},
    words::{Phrase, phrases},
};

phrases! {
    PROBE = "probe", "probe";
    PROFILE = "profile", "プロファイル";
    REGION = "Region", "リージョン";
    NETWORK = "network", "ネットワーク";
    CREDENTIALS = "credentials", "認証情報";
    CLOCK = "clock", "時刻";
    PERMISSIONS = "permissions", "権限";
    GOOD = "probe can work here", "この環境で probe を使えます";
    DOUBTFUL = "probe can work here; mind what is marked with !", "この環境で probe を使えます (! の項目に注意)";
    BAD = "probe cannot do all its work here: do what stands behind →", "このままでは probe の機能が制限されます (→ の対処が必要)";
    UNKNOWN = "not everything could be seen", "確認できない項目があります";
}

/// What was looked at, and what to do.
pub fn doctor(view: &Doctor, screen: Screen) -> String {
    let (mut page, paint) = Page::new(screen);
    let lang = view.lang();
    let labels = view.findings.iter();
    let labels = labels.map(|finding| width(label(finding.about).in_lang(lang)));
    let column = labels.max().unwrap_or_default() + 2;
    for finding in &view.findings {
        let (style, sign) = match finding.state {
            State::Good => (paint.good, "✓"),
            State::Doubtful => (paint.unsure, "!"),
            State::Bad => (paint.bad, "✗"),
            State::Unknown => (paint.unsure, "?"),
        };
        let label = label(finding.about).in_lang(lang);
        let room = " ".repeat(column - width(label));
        page.prose(
            &format!("{style}{sign}{style:#} {label}{room}"),
            &finding.seen,
        );
        if let Some(action) = &finding.action {
            let strong = paint.strong;
            let room = " ".repeat(column + 2);
            page.prose(&format!("{room}{strong}→{strong:#} "), action);
        }
    }
    page.verbatim("");
    let verdict = match view.worst() {
        State::Good => GOOD,
        State::Doubtful => DOUBTFUL,
        State::Bad => BAD,
        State::Unknown => UNKNOWN,
    };
    page.prose("", verdict.in_lang(lang));
    page.text
}

fn label(about: About) -> Phrase {
    match about {
        About::Probe => PROBE,
        About::Profile => PROFILE,
        About::Region => REGION,
        About::Network => NETWORK,
        About::Credentials => CREDENTIALS,
        About::Clock => CLOCK,
        About::Permissions => PERMISSIONS,
    }
}
