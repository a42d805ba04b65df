//! `loadtest recommend`: reads, reckons, prints.

use std::io::{Write, stdout};

use super::prices::Prices;
use super::source::given;
use super::{Recommendation, text};
use crate::cli::{Output, RecommendArguments};
use crate::lang::Lang;
use crate::usage::UsageError;

/// Says what to set for an event day.
pub fn recommend(
    arguments: &RecommendArguments,
    lang: Lang,
) -> anyhow::Result<Result<u8, UsageError>> {
    let given = match given(arguments, Prices::read()?) {
        Ok(given) => given,
        Err(error) => return Ok(Err(error)),
    };
    let recommendation = Recommendation::new(&given);
    let said = match arguments.output {
        Output::Text => text::render(&recommendation, &given, arguments, lang),
        Output::Json => serde_json::to_string_pretty(&recommendation)? + "\n",
    };
    stdout().write_all(said.as_bytes())?;
    Ok(Ok(0))
}
