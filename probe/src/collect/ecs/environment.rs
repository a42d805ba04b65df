//! What may be kept of a container's plain environment. Its values stay in here.

mod credentials;
mod database;

pub(super) use credentials::{names_credential, plain_credentials};
pub(super) use database::database_settings;

type Variable = (String, String);

/// Variables with these names and values.
#[cfg(test)]
fn variables(pairs: &[(&str, &str)]) -> Vec<Variable> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}
