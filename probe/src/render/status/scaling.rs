//! The range in which Application Auto Scaling moves a service, and what it did last.

use crate::{
    render::{moment::Clock, page::Paint},
    views::Status,
    words::{Lang, phrases},
};

phrases! {
    NO_RANGE = "no automatic scaling", "オートスケーリングなし";
}

pub(super) fn scaling(status: &Status, lang: Lang, paint: &Paint, clock: &Clock) -> Vec<String> {
    // Where the range was not seen, the calls that did not answer say so.
    let unseen = status.not_seen.iter();
    let is_unseen = unseen
        .clone()
        .any(|call| call.operation.ends_with("DescribeScalableTargets"));
    let mut lines = match &status.scaling {
        Some(range) => {
            let (min, max) = (range.min, range.max);
            vec![match lang {
                Lang::En => format!("{min} to {max} tasks"),
                Lang::Ja => format!("{min}～{max} タスク"),
            }]
        }
        None if is_unseen || status.tasks.is_none() => vec![],
        None => vec![NO_RANGE.in_lang(lang).to_owned()],
    };
    if let (Some(range), Some(first)) = (&status.scaling, lines.first_mut())
        && !range.suspended.is_empty()
    {
        let (unsure, what) = (paint.unsure, range.suspended.join(", "));
        *first += &match lang {
            Lang::En => format!(" · {unsure}suspended: {what}{unsure:#}"),
            Lang::Ja => format!(" · {unsure}停止中: {what}{unsure:#}"),
        };
    }
    lines.extend(status.last_activity.as_ref().map(|activity| {
        let (at, description, cause) = (
            clock.ago(activity.at),
            &activity.description,
            &activity.cause,
        );
        let style = paint.of(&activity.status);
        let state = &activity.status;
        let dim = paint.dim;
        format!("{at}: {description} {style}{state}{style:#} {dim}({cause}){dim:#}")
    }));
    lines
}
