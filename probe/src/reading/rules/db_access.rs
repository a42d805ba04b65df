//! What stands between an open port and a session: TLS, login, certificates.

use crate::reading::rule::{Rule, fault};

const OPEN: &[&str] = &[
    "db-sg-ingress-missing",
    "db-unreachable-network",
    "db-connection-refused",
];

pub(super) const RULES: &[Rule] = &[
    fault("db-ssl-required", &["no pg_hba.conf entry", "no encryption|ssl off|ssl=off"])
        .strong()
        .certain()
        .refutes(OPEN),
    fault("db-ssl-required", &["no pg_hba.conf entry"])
        .unless("replication|ssl on|ssl encryption")
        .refutes(OPEN),
    fault("db-ssl-required", &["pg_hba.conf rejects connection", "no encryption|ssl off"])
        .refutes(OPEN),
    fault("db-ssl-required", &["ssl connection is required|ssl is required|ssl required|force_ssl|requires ssl|tls is required|encrypted connection is required|must use ssl|secure connection is required|insecure transport|connection is insecure|requires encrypt|please specify ssl"])
        .unless("not support ssl")
        .strong()
        .refutes(OPEN),
    fault("db-ca-not-trusted", &["self signed certificate|self-signed certificate|local issuer certificate|certificate verify failed|certificate signed by unknown authority|unknownissuer|unknown issuer|pkix path building|unable to find valid certification path|verify the first certificate|root certificate file|certificate is not trusted|remote certificate is invalid|certificate verification|certificate chain|unable_to_verify_leaf|self_signed_cert|unable_to_get_issuer|depth_zero|certificate_verify_failed|sslcertverificationerror|invalid peer certificate|untrustedroot|partialchain|trust anchor|certificate has expired|cert_has_expired|not valid for|does not match host name|certificate is valid for"])
        .unless("/v2/|docker|pull|mount.nfs4|registry")
        .strong()
        .refutes(OPEN),
    fault("db-iam-auth-denied", &["pam authentication failed|pam: authentication"])
        .supports(&["db-rds-iam-role-blocks-password", "db-low-memory"])
        .refutes(OPEN),
    fault("db-iam-auth-denied", &["rds-db:connect|rds_iam|iam authentication|iam database authentication|iam token|auth token|authentication token|rds.amazonaws.com:5432/?action=connect", "fail|denied|not authorized|expired|invalid|error|reject"])
        .unless("password is not|no longer|ecr|docker|registry|pull|oauth|cannot use a password|blocks password")
        .strong()
        .refutes(OPEN),
    fault("db-rds-iam-role-blocks-password", &["rds_iam", "password|granted|member"])
        .strong()
        .refutes(OPEN),
    fault("db-rds-iam-role-blocks-password", &["pq: pam authentication failed"])
        .possible()
        .supports(&["db-iam-auth-denied"])
        .refutes(OPEN),
    fault("db-password-mismatch", &["password authentication failed|28p01|invalid_password|invalidpassword|password mismatch|28000|invalid authorization specification|invalid_authorization|authentication failed for user|no password supplied|password must be a string|password is empty|password was not provided|no password was provided|password-based authentication, but no password|no password has been provided|no password assigned|login failed for user"])
        .unless("pam authentication|no pg_hba|docker|registry|iam|pg_hba.conf rejects|ldap")
        .strong()
        .supports(&["db-password-special-chars"])
        .refutes(OPEN),
    fault("db-password-mismatch", &["role", "does not exist|is not permitted to log in"])
        .unless("iam:|arn:|assume|execution role|task role|permission denied")
        .possible()
        .refutes(OPEN),
    fault("db-password-special-chars", &["invalid userinfo|uri malformed|urierror|invalid port|port could not be cast|invalid ipv6|invalid percent|invalid url|err_invalid_url|invalid connection string|could not parse|couldn't parse|failed to parse|parse error|invalid database url|invalid dsn|invalid uri|url must be|invalid integer value|invalid domain character|relativeurlwithoutbase|invalid escape|invalid url escape|improperly encoded|invalid connection url|malformed|url-encod|urlencod|url encod|percent-encod|unexpected spaces|not url|special characters|nodename nor", "postgres|database|dsn|connection|url|uri|password|port"])
        .unless("secret|json|image|repository|reference|log group|manifest|certificate|pull|target group|request body|login|uuid|path")
        .supports(&["db-password-mismatch", "db-hostname-malformed"]),
];
