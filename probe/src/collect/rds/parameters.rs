//! The parameters of a database that decide whether the service's connections are accepted, and how long they may take.

use std::{collections::BTreeMap, sync::LazyLock};

use aws_sdk_rds::types::{Filter, Parameter};
use futures::future::try_join_all;
use regex::Regex;

use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Database, Observed},
};

const NAMES: [&str; 5] = [
    "max_connections",
    "rds.force_ssl",
    "idle_in_transaction_session_timeout",
    "log_min_duration_statement",
    "statement_timeout",
];

pub(super) async fn parameters(
    clients: &Clients,
    database: &Database,
) -> Observed<BTreeMap<String, String>> {
    let groups = database.parameter_groups.keys();
    let found = try_join_all(groups.map(|group| of_group(clients, group))).await?;
    let parameter = |parameter: Parameter| {
        let (name, value) = (parameter.parameter_name?, parameter.parameter_value?);
        let class = database.class.as_deref().unwrap_or_default();
        Some((name, worked_out(&value, class).unwrap_or(value)))
    };
    Ok(found.into_iter().flatten().filter_map(parameter).collect())
}

async fn of_group(clients: &Clients, group: &str) -> Observed<Vec<Parameter>> {
    let filter = Filter::builder()
        .name("parameter-name")
        .set_values(Some(NAMES.map(ToOwned::to_owned).to_vec()));
    let parameters: Vec<Parameter> = clients
        .rds
        .describe_db_parameters()
        .db_parameter_group_name(group)
        .filters(filter.build())
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("rds:DescribeDBParameters", &error))?;
    // Where the filter is not heeded, the other parameters are left out here.
    let wanted = |parameter: &Parameter| {
        let name = parameter.parameter_name().unwrap_or_default();
        NAMES.contains(&name)
    };
    Ok(parameters.into_iter().filter(wanted).collect())
}

/// `LEAST({DBInstanceClassMemory/9531392},5000)`: PostgreSQL's formula for `max_connections`.
static FORMULA: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^LEAST\(\{DBInstanceClassMemory/(\d+)\},\s*(\d+)\)$").ok());

/// The number that a formula means for an instance class. It is the most that it can be: RDS takes the memory of
/// its own processes off first, by an amount that no API tells.
fn worked_out(value: &str, class: &str) -> Option<String> {
    let parts = FORMULA.as_ref()?.captures(value)?;
    let (divisor, limit): (u64, u64) = (parts[1].parse().ok()?, parts[2].parse().ok()?);
    let number = memory(class)?.checked_div(divisor)?.min(limit);
    Some(number.to_string())
}

/// The memory of the common instance classes in bytes, by family and size.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html>
fn memory(class: &str) -> Option<u64> {
    const GIB: u64 = 1024 * 1024 * 1024;
    let mut parts = class.strip_prefix("db.")?.split('.');
    let (family, size) = (parts.next()?, parts.next()?);
    let burstable = matches!(family, "t2" | "t3" | "t4g");
    let sizes = match size {
        "micro" if burstable => return Some(GIB),
        "small" if burstable => return Some(2 * GIB),
        "medium" if burstable => return Some(4 * GIB),
        "large" => 1,
        "xlarge" => 2,
        size => 2 * size.strip_suffix("xlarge")?.parse::<u64>().ok()?,
    };
    let of_large = match family {
        "t2" | "t3" | "t4g" | "m5" | "m5d" | "m6g" | "m6gd" | "m6i" | "m6id" | "m7g" | "m7i"
        | "m8g" => 8,
        "r5" | "r5d" | "r5b" | "r6g" | "r6gd" | "r6i" | "r6id" | "r7g" | "r7i" | "r8g" => 16,
        _ => return None,
    };
    Some(sizes * of_large * GIB)
}

/// The vCPUs of the common instance classes.
pub(in crate::collect) fn vcpus(class: &str) -> Option<u32> {
    let size = class.strip_prefix("db.")?.split('.').nth(1)?;
    Some(match size {
        "micro" | "small" | "medium" | "large" => 2,
        "xlarge" => 4,
        size => 4 * size.strip_suffix("xlarge")?.parse::<u32>().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_the_number_for_the_class_where_that_is_known() {
        let formula = "LEAST({DBInstanceClassMemory/9531392},5000)";
        for (value, class, number) in [
            (formula, "db.t4g.micro", Some("112")),
            (formula, "db.t3.medium", Some("450")),
            (formula, "db.m6g.large", Some("901")),
            (formula, "db.r6g.4xlarge", Some("5000")),
            (formula, "db.z9.large", None),
            (formula, "db.serverless", None),
            ("100", "db.t4g.micro", None),
        ] {
            assert_eq!(worked_out(value, class).as_deref(), number, "{class}");
        }
    }
}
