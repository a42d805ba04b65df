//! The path from the task to the database.

use super::{NO_NAME, NO_PATH, SILENCE};
use crate::reading::rule::{Rule, fault};

/// Something of PostgreSQL is meant.
const DB: &str = "5432|postgres|database|.rds.|psql|pg_|libpq|knex|sequelize|prisma|sqlalchemy|typeorm|hikari|activerecord|npgsql|pgx|pq:|jdbc|psycopg|db:|rds|asyncpg|sqlx|aurora|django.db";
/// Not waiting for the network.
const BUSY: &str = "statement timeout|lock timeout|canceling statement|slow|idle|no pg_hba|password authentication|pam authentication|secretsmanager|dkr.ecr|cloudwatch|mount.nfs4|remaining connection|read-only|registry|/v2/";

pub(super) const RULES: &[Rule] = &[
    fault("db-sg-ingress-missing", &[SILENCE, DB, "{private-ip}|.rds.amazonaws|could not connect to server|connection to server at|is the server running|failed to connect"])
        .unless(BUSY)
        .supports(&["db-connect-timeout-unspecified", "db-unreachable-network", "nacl-blocked", "task-egress-sg-blocked"])
        .refutes(&["db-connection-refused"]),
    fault("db-sg-ingress-missing", &["etimedout|timeout expired|connection timed out|i/o timeout|connect timed out|dial error (timeout", "5432"])
        .unless(BUSY)
        .supports(&["db-connect-timeout-unspecified", "db-unreachable-network", "nacl-blocked", "task-egress-sg-blocked"])
        .refutes(&["db-connection-refused"]),
    fault("db-sg-ingress-missing", &["pool is probably full|timeout acquiring a connection|handshake inactivity timeout"])
        .possible()
        .supports(&["db-connect-timeout-unspecified", "db-connections-exhausted"]),
    fault("db-unreachable-network", &[SILENCE, DB, "{public-ip}"])
        .unless(BUSY)
        .strong()
        .supports(&["db-sg-ingress-missing", "nat-not-forwarding", "no-route-to-internet"])
        .refutes(&["db-connection-refused"]),
    fault("db-unreachable-network", &[NO_PATH, DB])
        .strong()
        .refutes(&["db-connection-refused"]),
    fault("db-connect-timeout-unspecified", &["pool timed out|pooltimedout|queuepool limit|connection is not available|unable to acquire a connection|could not obtain a connection|could not acquire|resourcerequest timed out|sequelizeconnectionacquiretimeout|acquiretimeout|connectiontimeouterror|could not obtain|timeout exceeded when trying to connect|timed out fetching a new connection|connection pool timeout|acquire connection|wait for a connection|connection timeout|connection attempt failed|checkout timeout|pool exhausted|the connection pool has been exhausted|timed out while waiting for an open connection|p2024|p1001|p1002|08001|database is not reachable|not reachable|can't reach database|canceling connect|couldn't get a connection|timed out in bb8|connectionpoolrunerror|r2d2|deadpool|poolerror|pool error"])
        .unless("statement timeout|lock timeout|registry|pull|/v2/|sequelizehost")
        .supports(&["db-sg-ingress-missing", "db-connections-exhausted", "db-unreachable-network"]),
    fault("db-connect-timeout-unspecified", &[SILENCE, DB])
        .unless("statement timeout|lock timeout|canceling statement|slow|idle|no pg_hba|password authentication|pam authentication|secretsmanager|dkr.ecr|cloudwatch|mount.nfs4|registry|/v2/")
        .weak()
        .supports(&["db-sg-ingress-missing", "db-unreachable-network"]),
    fault("db-host-env-unset", &["econnrefused|connection refused|connect: connection refused|actively refused|connectionrefused|refused", "{loopback}", DB])
        .unless("curl|docker|healthcheck")
        .strong()
        .refutes(&["db-sg-ingress-missing"]),
    fault("db-host-env-unset", &[".s.pgsql|/var/run/postgresql|/tmp/.s.pgsql|unix domain socket|unix socket", "no such file|refused|could not connect|fail|dial|connect"])
        .strong()
        .certain(),
    fault("db-host-env-unset", &["db_host|pghost|database_host|database_url|postgres_host|host", "not set|undefined|is missing|is required|must be set|unset|missing required|no value|is empty|environment variable not found|keyerror|none"])
        .unless("pg_hba|secret|json key|image|log group|allowed_hosts|http_host|password"),
    fault("db-connection-refused", &["econnrefused|connection refused|actively refused|connectionrefused|refused. check that", DB])
        .unless("{loopback}|docker|mount.nfs4|curl|.s.pgsql|redis|:6379|:443|/v2/")
        .certain()
        .refutes(&["db-sg-ingress-missing", "db-unreachable-network", "task-egress-sg-blocked"]),
    fault("db-hostname-malformed", &["could not translate host name|hostnotfounderror|unknownhostexception|sequelizehostnotfound|invalid host name|name or service not known|nodename nor servname|no address associated with hostname|failed to lookup address information|unknown host|no such host is known"])
        .unless("mount.nfs4|docker|registry|/v2/|secretsmanager|api.ecr|dkr.ecr|https://"),
    fault("db-hostname-malformed", &[NO_NAME, DB])
        .unless("mount.nfs4|docker.io|registry|/v2/|secretsmanager|api.ecr|dkr.ecr|https://|logs."),
    fault("db-hostname-malformed", &[NO_NAME, "{bare-host}"])
        .unless("mount.nfs4|docker.io|registry|/v2/|secretsmanager|api.ecr|dkr.ecr|logs.")
        .possible(),
];
