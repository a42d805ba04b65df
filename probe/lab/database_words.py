"""How programs say that their database is of no use to them, by fault and by driver.

The event service logs a class and the words of sqlx; other languages have their own. In braces
stand host, port, name and user of the database, `server`, its address, and `task`, our own.
"""

from __future__ import annotations

_FROM = 'connection to server at "{host}" ({server}), port {port} failed: '
_READ_ONLY = "cannot execute INSERT in a read-only transaction"
_HBA = 'no pg_hba.conf entry for host "{task}", user "{user}", database "{name}", no encryption'
_PAM = 'PAM authentication failed for user "{user}"'
_SLOTS = (
    "remaining connection slots are reserved for roles with privileges of the "
    '"pg_use_reserved_connections" role'
)
_PASSWORD = 'password authentication failed for user "{user}"'
_NO_DATABASE = 'database "{name}" does not exist'
_SCHEMA = "permission denied for schema public"
_ENDED = "terminating connection due to administrator command"
_IDLE = "terminating connection due to idle-in-transaction timeout"
_FULL = 'could not extend file "base/16394/16611": No space left on device'
_PSYCOPG = "psycopg.OperationalError: "
_JDBC = "org.postgresql.util.PSQLException: "

# What the event service logs: the class of the outage, and the words of sqlx.
SERVICE: dict[str, tuple[str, str]] = {
    "timeout": ("timeout", "error communicating with database: connection attempt timed out"),
    "starting": ("restarting", "error returned from database: the database system is starting up"),
    "connection-refused": (
        "connection-refused",
        "error communicating with database: Connection refused (os error 111)",
    ),
    "hostname-wrong": (
        "name-not-resolved",
        "error communicating with database: failed to lookup address information: "
        "Name or service not known",
    ),
    "storage-full": ("out-of-resources", f"error returned from database: {_FULL}"),
    "ssl-required": ("access-denied", f"error returned from database: {_HBA}"),
    "certificate-not-trusted": (
        "tls",
        "error occurred while attempting to establish a TLS connection: "
        "invalid peer certificate: UnknownIssuer",
    ),
    "database-missing": ("database-missing", f"error returned from database: {_NO_DATABASE}"),
    "password-wrong": ("login-rejected", f"error returned from database: {_PASSWORD}"),
    "iam-login-denied": ("login-rejected", f"error returned from database: {_PAM}"),
    "iam-role-blocks-password": ("login-rejected", f"error returned from database: {_PAM}"),
    "memory-low": ("login-rejected", f"error returned from database: {_PAM}"),
    "connections-exhausted": ("too-many-connections", f"error returned from database: {_SLOTS}"),
    "endpoint-is-replica": ("read-only", f"error returned from database: {_READ_ONLY}"),
    "still-read-only": ("read-only", f"error returned from database: {_READ_ONLY}"),
    "restarted": ("restarting", f"error returned from database: {_ENDED}"),
}

OTHERS: dict[str, dict[str, str]] = {
    "psycopg": {
        "timeout": f"{_PSYCOPG}{_FROM}timeout expired",
        "starting": f"{_PSYCOPG}{_FROM}FATAL:  the database system is starting up",
        "connection-refused": f"{_PSYCOPG}{_FROM}Connection refused\n"
        "\tIs the server running on that host and accepting TCP/IP connections?",
        "hostname-wrong": f'{_PSYCOPG}could not translate host name "{{host}}" to address: '
        "Name or service not known",
        "ssl-required": f"{_PSYCOPG}{_FROM}FATAL:  {_HBA}",
        "certificate-not-trusted": f"{_PSYCOPG}{_FROM}SSL error: certificate verify failed",
        "database-missing": f"{_PSYCOPG}{_FROM}FATAL:  {_NO_DATABASE}",
        "password-wrong": f"{_PSYCOPG}{_FROM}FATAL:  {_PASSWORD}",
        "iam-login-denied": f"{_PSYCOPG}{_FROM}FATAL:  {_PAM}",
        "connections-exhausted": f"{_PSYCOPG}{_FROM}FATAL:  {_SLOTS}",
        "idle-in-transaction": f"psycopg.errors.IdleInTransactionSessionTimeout: {_IDLE}",
        "still-read-only": f"psycopg.errors.ReadOnlySqlTransaction: {_READ_ONLY}",
        "endpoint-is-replica": f"psycopg.errors.ReadOnlySqlTransaction: {_READ_ONLY}",
        "client-too-old": "psycopg2.OperationalError: "
        "SCRAM authentication requires libpq version 10 or above",
    },
    "pq": {
        "timeout": "dial tcp {server}:{port}: i/o timeout",
        "connection-refused": "dial tcp {server}:{port}: connect: connection refused",
        "hostname-wrong": "dial tcp: lookup {host}: no such host",
        "schema-permission-denied": f"pq: {_SCHEMA} in line 0: CREATE TABLE IF NOT EXISTS "
        '"public"."schema_migrations" (version bigint not null primary key, dirty boolean not null)',
        "database-missing": f"pq: {_NO_DATABASE}",
        "password-wrong": f"pq: {_PASSWORD}",
        "ssl-required": f"pq: {_HBA}",
        "password-not-encoded": 'parse "postgres://{user}:***@{host}:{port}/{name}": '
        "net/url: invalid userinfo",
    },
    "node": {
        "timeout": "Error: connect ETIMEDOUT {server}:{port}",
        "connection-refused": "Error: connect ECONNREFUSED {server}:{port}",
        "host-unset": "Error: connect ECONNREFUSED 127.0.0.1:{port}",
        "hostname-wrong": "Error: getaddrinfo ENOTFOUND {host}",
        "certificate-not-trusted": "connection error Error: self-signed certificate in certificate chain",
        "ssl-required": f"error: {_HBA}",
        "password-wrong": f"error: {_PASSWORD}",
    },
    "jdbc": {
        "timeout": f"{_JDBC}The connection attempt failed.\n"
        "Caused by: java.net.SocketTimeoutException: Connect timed out",
        "connection-refused": f"{_JDBC}Connection to {{host}}:{{port}} refused. Check that the "
        "hostname and port are correct and that the postmaster is accepting TCP/IP connections.",
        "iam-login-denied": f"{_JDBC}FATAL: {_PAM}",
        "restarted": f"{_JDBC}FATAL: {_ENDED}\n"
        f"{_JDBC}This connection has been closed.",
        "connections-exhausted": f"{_JDBC}FATAL: {_SLOTS}",
    },
}


def service_words(kind: str) -> tuple[str, str]:
    """The class and the error that the event service logs."""
    if kind in SERVICE:
        return SERVICE[kind]
    spoken = (words[kind] for words in OTHERS.values() if kind in words)
    return "connection-lost", f"error returned from database: {next(spoken)}"


def lines(language: str, kind: str, about: dict) -> tuple[str, ...]:
    """What a program of another language writes."""
    words = OTHERS.get(language, {}).get(kind) or service_words(kind)[1]
    return tuple(words.format(**about).split("\n"))
