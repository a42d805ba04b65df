//! What PostgreSQL and its drivers say once they talk: limits, state, rights, versions.

use crate::reading::rule::{Rule, fault};

/// A server that answers rules these out.
const OPEN: &[&str] = &[
    "db-sg-ingress-missing",
    "db-unreachable-network",
    "db-connection-refused",
];

pub(super) const RULES: &[Rule] = &[
    fault("db-connections-exhausted", &["remaining connection slots|too many clients|too many connections|53300|too_many_connections|connection slots are reserved|toomanyconnections|connection limit exceeded|max_connections|no more connections allowed|max client connections reached"])
        .unless("set to|setting|max_connections =|max_connections=|invalid value|could not map")
        .strong()
        .certain()
        .refutes(OPEN),
    fault("db-client-too-old", &["requires libpq version|scram authentication requires|authentication method 10|authentication type 10|unknown authentication response: 10|unsupported authentication method|authentication type (10)|authentication method 10 not|auth method 10|unknown auth type|unsupported auth|authentication request 10|unsupported frontend protocol|scram-sha-256 is not supported|scram authentication is not|authenticationok message|requests scram|10 authentication|does not support scram|not support scram"])
        .strong()
        .certain()
        .refutes(OPEN),
    fault("db-schema-permission-denied", &["permission denied for schema|permission denied for table|permission denied for relation|permission denied for sequence|permission denied for database|42501|must be owner of|insufficient_privilege|insufficientprivilege|permission denied for view|permission denied for function|permission denied to create"])
        .strong()
        .certain()
        .refutes(OPEN),
    fault("db-name-missing", &["database", "does not exist|doesn't exist|unknown database"])
        .unless("role|relation|schema \"|root.crt|certificate|log group|secret")
        .strong()
        .certain()
        .refutes(OPEN),
    fault("db-name-missing", &["3d000|invalid_catalog_name|invalid catalog name|nodatabaseerror|database not found"])
        .unless("pam auth|password authentication|no pg_hba|timeout")
        .certain()
        .refutes(OPEN),
    fault("db-readonly-after-failover", &["read-only transaction|25006|read_only_sql_transaction|readonlysqltransaction|cannot execute", "read-only|25006|read_only|readonly"])
        .unless("-ro-|.cluster-ro|replica|reader endpoint")
        .strong()
        .supports(&["db-endpoint-is-replica"])
        .refutes(OPEN),
    fault("db-endpoint-is-replica", &["during recovery|conflict with recovery|hot standby|hot_standby|-ro-|.cluster-ro|replica|reader endpoint|standby|session is read-only|session is not read-write|target_session_attrs|target server type", "cannot execute|cancel|read-only|read only|not read-write|readonly|recovery|target|not accepting|could not find|primary"])
        .unless("starting up|shutting down|in recovery mode")
        .strong()
        .supports(&["db-readonly-after-failover"])
        .refutes(OPEN),
    fault("db-endpoint-is-replica", &["cannot execute|read-only transaction|25006", "-ro-|.cluster-ro-|replica|reader|read-replica|readonly."])
        .strong()
        .supports(&["db-readonly-after-failover"])
        .refutes(OPEN),
    fault("db-restarted", &["administrator command|57p01|57p02|57p03|57p0|admin_shutdown|adminshutdown|crash_shutdown|cannot_connect_now|database system is starting up|database system is shutting down|database system is in recovery mode|database system was shut down|database system was interrupted|not yet accepting connections|crash of another server process|received fast shutdown|received immediate shutdown|the database system is"])
        .strong()
        .certain()
        .refutes(&["db-sg-ingress-missing", "db-unreachable-network"]),
    fault("db-restarted", &["server closed the connection|connection terminated unexpectedly|terminated unexpectedly|eof detected|unexpected eof|broken pipe|sending to the backend|connection has been closed|connection already closed|driver: bad connection|connection reset by peer|econnreset|closed unexpectedly|this connection has been closed|connectionclosed|connection was closed|exception while reading from stream|expected to read|terminating connection|pg::unabletosend|connection is closed|connection lost|lost connection|08006|08003|connection_failure|server conn crashed", "postgres|database|db|sql|server|backend|connection|client|pg"])
        .unless("idle|secret|pull|/v2/|mount.nfs4|dkr.ecr|timeout expired|etimedout|refused|could not translate|ssl connection has|unreachable|upstream|keep-alive|keepalive|response header|login|http|i/o timeout|timed out|no pg_hba|502|handshake|hostname|pq: ssl")
        .weak()
        .possible()
        .supports(&["db-readonly-after-failover"])
        .refutes(&["db-sg-ingress-missing"]),
    fault("db-idle-in-transaction", &["idle-in-transaction|idle in transaction|25p03|idle_in_transaction|idleintransaction|idle-session timeout|57p05|idle_session_timeout|transaction timeout|25p04"])
        .unless("set to |parameter ")
        .strong()
        .certain()
        .refutes(OPEN),
    fault("db-bad-parameters", &["could not map anonymous shared memory|incompatible-parameters|incompatible parameters|invalid value for parameter|configuration file|contains errors|unrecognized configuration parameter|shared memory segment|huge pages|huge_pages|shared_buffers|parameter group|insufficient for hot standby|could not create shared memory|shmget|shared_preload_libraries|could not access file|cannot be changed without restarting|is outside the valid range", "fatal|error|invalid|incompatible|fail|insufficient|cannot|could not|outside"])
        .unless("nginx|kubeconfig|options|log group|client_encoding|search_path|timezone|datestyle")
        .strong(),
    fault("db-low-memory", &["out of memory|53200|cannot allocate memory|could not fork new process|memory exhausted|low memory|freeable memory|freeablememory|out_of_memory", "fatal:|error:|postgres|sqlstate|53200|fork|log:|rds|database|db instance"])
        .unless("anonymous shared memory|heap|java.lang|container killed|outofmemoryerror|sigkill|terminated by signal")
        .strong()
        .refutes(OPEN),
    fault("db-low-memory", &["pam authentication failed", "rejects connection"]).strong().possible(),
    fault("db-low-memory", &["terminated by signal 9|excessive memory consumption|memory pressure|killed by the os", "server process|database|postgres|rds"])
        .strong(),
];
