//! Once a second while the load runs: ends the second, feels the generator's pulse, and shows both.

use std::time::Duration;

use crate::capacity::enough::Enough;
use crate::drive::Crew;
use crate::events::{Event, What};
use crate::generator::Meter;
use crate::judge::abort::Watches;
use crate::progress::Progress;

/// Runs for ever; drop it when the load is over.
///
/// With `watches` it stops a run that is certain to fail, with `enough` a search that has seen enough.
pub async fn watch(
    crew: &Crew,
    meter: &mut Meter,
    mut watches: Option<Watches>,
    mut enough: Option<Enough<'_>>,
    mut progress: Progress<'_>,
) {
    let begin = crew.pacer.begun().await;
    for second in 1.. {
        tokio::time::sleep_until((begin + Duration::from_secs(second)).into()).await;
        let pulse = meter.beat();
        if let Some(last) = crew.recorder.tick(begin.elapsed(), pulse) {
            progress.show(&last, &crew.recorder.events());
            let figures = |scope, demand| crew.recorder.figures(&last, scope, demand);
            let certain = watches
                .as_mut()
                .and_then(|it| it.second(last.second, figures));
            if let Some(certain) = certain {
                // Once is enough: requests in flight end in the seconds that follow.
                watches = None;
                crew.recorder.event(Event {
                    at_s: begin.elapsed().as_secs_f64(),
                    what: What::Doomed { certain },
                });
                crew.stop.ask(What::Doomed { certain });
            }
            if enough.as_mut().is_some_and(|enough| enough.second(&last)) {
                crew.stop.ask(What::Enough);
            }
        }
    }
}
