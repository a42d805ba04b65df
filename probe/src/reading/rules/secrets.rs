//! Secrets and parameters.

use crate::reading::rule::{Rule, fault};

const SECRET: &str = "secret|asm|secretstring";

pub(super) const RULES: &[Rule] = &[
    fault("secret-json-key-missing", &["did not contain json key|does not contain json key|doesn't contain json key|associated with jsonkey|jsonkey|json key"])
        .unless("invalid character|not valid json|is not json")
        .strong()
        .certain(),
    fault("secret-json-key-missing", &["key", "not found in secret|missing in secret|missing from secret|does not exist in secret|not present in the secret|not in the secret|does not exist in the secret|not found in the secret|could not find a value associated"])
        .strong(),
    fault("secret-not-json", &["looking for beginning of|invalid character|unexpected end of json|cannot unmarshal|unable to parse json|not valid json|not a valid json|invalid json|could not parse secretstring|failed to parse json|is not json|isn't json|parse secretstring", SECRET])
        .strong()
        .certain(),
    fault("secret-not-json", &["invalid character", "looking for beginning of"])
        .weak(),
    fault("secret-scheduled-for-deletion", &["marked for deletion|scheduled for deletion|marked deleted|pending deletion|currently marked for deletion|marked as deleted", SECRET])
        .strong()
        .certain(),
    fault("secret-version-missing", &["staging label|version stage|versionstage|versionid|version id|awsprevious|awspending|secret version", "can't find|cannot find|not found|notfound|doesn't exist|does not exist|could not find|no such|no secret version|isn't|has no|invalid"])
        .strong()
        .certain(),
    fault("secret-version-missing", &["secret value", "can't find|cannot find|resourcenotfound"])
        .unless("specified secret.")
        .weak(),
    fault("secret-arn-partial", &["partial arn|incomplete arn|partial secret|complete arn|hyphen|six random|random characters|full arn"])
        .certain(),
    fault("secret-arn-partial", &["fetch secret|secrets manager|secret from asm", "can't find the specified secret|cannot find the specified secret|secret not found"])
        .possible()
        .weak(),
    fault("ssm-parameter-not-found", &["parameternotfound|invalid parameters:|invalid ssm parameters|parameters not found|parameter not found|invalidparameters|ssm parameter", "ssm|parameter"])
        .unless("accessdenied|not authorized|i/o timeout")
        .certain(),
    fault("ssm-parameter-not-found", &["parameter", "could not be found|cannot be found|does not exist|doesn't exist|not exist|unable to fetch parameters", "ssm|parameter store|systems manager|parameter /"])
        .unless("accessdenied|not authorized|unrecognized configuration|db parameter|target group|log group|i/o timeout"),
    fault("ssm-parameter-not-found", &["secrets from ssm|from ssm"])
        .last()
        .possible()
        .supports(&["exec-role-missing-ssm-permission"]),
];
