//! What is wrong with a database: what the catalogue's checks find on it, and what only its owner has to know.

mod ahead;
mod room;
mod settings;

use super::DatabaseView;
use crate::{
    case::Case,
    check::Severity,
    checks::by_id,
    snapshot::{Keeping, Snapshot},
    views::Concern,
    words::{Lang, Words},
};

/// The checks of the catalogue that need no more than the database and the service.
const CHECKS: [&str; 9] = [
    "rds-not-available",
    "rds-storage-full",
    "rds-parameters-invalid",
    "rds-memory-low",
    "rds-endpoint-is-replica",
    "advice-certificate-expiring",
    "advice-connections-may-run-out",
    "advice-database-public",
    "advice-database-single-zone",
];

/// What was found, the worst first.
pub(super) fn concerns(view: &DatabaseView, snapshot: &Snapshot, lang: Lang) -> Vec<Concern> {
    let case = Case::new(snapshot);
    let checks = CHECKS.iter().filter_map(|id| by_id(id));
    // What such a check could not see is among what the view could not see.
    let found = checks.flat_map(|check| {
        let findings = (check.find)(&case).unwrap_or_default();
        findings
            .into_iter()
            .map(|finding| Concern::found(check, finding, lang))
    });
    let database = snapshot.database.as_ref().ok().and_then(Option::as_ref);
    let own = database.into_iter().flat_map(|database| {
        let owner = Owner {
            view,
            id: &database.id,
            region: &view.target.region,
            keeping: database.keeping.as_ref(),
        };
        owner.concerns()
    });
    let own = own.map(|(severity, explain, message, steps)| {
        Concern::new(severity, explain, &message, steps, lang)
    });
    let mut concerns: Vec<Concern> = found.chain(own).collect();
    concerns.sort_by_key(Concern::rank);
    concerns
}

type Told = (Severity, Option<&'static str>, Words, Vec<(Words, String)>);

struct Owner<'a> {
    view: &'a DatabaseView,
    id: &'a str,
    region: &'a str,
    keeping: Option<&'a Keeping>,
}

impl Owner<'_> {
    fn concerns(&self) -> Vec<Told> {
        [
            self.connections(),
            self.storage(),
            self.parameters_wait(),
            self.encryption(),
            self.support(),
            self.authority(),
            self.backups(),
        ]
        .into_iter()
        .flatten()
        .chain(self.maintenance())
        .collect()
    }

    fn modify(&self, what: &str) -> String {
        let (id, region) = (self.id, self.region);
        format!("aws rds modify-db-instance --db-instance-identifier {id} {what} --region {region}")
    }
}
