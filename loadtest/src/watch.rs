//! Once a second while the load runs: ends the second, feels the generator's pulse, and shows both.

use std::time::Duration;

use crate::drive::Crew;
use crate::generator::Meter;
use crate::progress::Progress;

/// Runs for ever; drop it when the load is over.
pub async fn watch(crew: &Crew, meter: &mut Meter, mut progress: Progress<'_>) {
    let begin = crew.pacer.begun().await;
    for second in 1.. {
        tokio::time::sleep_until((begin + Duration::from_secs(second)).into()).await;
        let pulse = meter.beat();
        if let Some(last) = crew
            .recorder
            .tick(begin.elapsed(), crew.pacer.sent(), pulse)
        {
            progress.show(&last, &crew.recorder.events());
        }
    }
}
