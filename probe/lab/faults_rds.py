"""Faults of the database and of the way in which programs use it."""

from __future__ import annotations

import json

import metrics
import rds
from programs import APPS, App
from releases import release
from scenarios import scenario
from stack import Stack

_TAG = "v2"


@scenario("rds-not-available")
def not_available(stack: Stack) -> None:
    """Somebody stopped the instance over the weekend."""
    stack.client("rds").stop_db_instance(DBInstanceIdentifier=_name(stack))


@scenario("rds-storage-full")
def storage_full(stack: Stack) -> None:
    database = _database(stack)
    database.status = "storage-full"
    metrics.set_metric(database, "FreeStorageSpace", 0)
    rds.say(database, "storage-full", 240)


@scenario("rds-memory-low")
def memory_low(stack: Stack) -> None:
    database = _database(stack)
    metrics.set_metric(database, "FreeableMemory", 21 * 1024**2)
    rds.say(database, "out-of-memory", 240)


@scenario("rds-parameters-invalid")
def parameters_invalid(stack: Stack) -> None:
    """Shared buffers of 2 GiB on an instance with 1 GiB."""
    _set_parameter(stack, "shared_buffers", "262144")
    stack.client("rds").reboot_db_instance(DBInstanceIdentifier=_name(stack))


@scenario("rds-ssl-required")
def ssl_required(stack: Stack) -> None:
    _change(stack, App(language="psycopg", without_database="is unhealthy"), DB_SSLMODE="disable")


@scenario("rds-certificate-not-trusted")
def certificate_not_trusted(stack: Stack) -> None:
    _change(stack, App(language="node", without_database="exits"), DB_SSLMODE="verify-full")


@scenario("rds-connections-exhausted")
def connections_exhausted(stack: Stack) -> None:
    """Each of two tasks may open 100 connections; db.t4g.micro has about 112 for all."""
    _change(stack, App(), DB_POOL_SIZE="100")


@scenario("rds-schema-permission-denied")
def schema_permission_denied(stack: Stack) -> None:
    _only_of_the_program(stack, "schema-permission-denied", "pq")


@scenario("rds-client-too-old")
def client_too_old(stack: Stack) -> None:
    _only_of_the_program(stack, "client-too-old", "psycopg")


@scenario("rds-password-not-encoded")
def password_not_encoded(stack: Stack) -> None:
    _only_of_the_program(stack, "password-not-encoded", "pq")


@scenario("rds-idle-in-transaction")
def idle_in_transaction(stack: Stack) -> None:
    """The program leaves transactions open; it goes on serving between the errors."""
    app = App(database_trouble="idle-in-transaction", language="psycopg")
    release(stack, tag=_TAG, app=app)


@scenario("rds-hostname-wrong")
def hostname_wrong(stack: Stack) -> None:
    """The port was written into the host."""
    host = f"{stack.exports['DbHost']}:5432"
    _change(stack, App(language="psycopg", without_database="exits"), DB_HOST=host)


@scenario("rds-host-unset")
def host_unset(stack: Stack) -> None:
    """The variable has another name, and the driver takes the machine itself for the host."""
    host = stack.exports["DbHost"]
    app = App(language="node", without_database="exits")
    _change(stack, app, without="DB_HOST", DATABASE_HOST=host)


@scenario("rds-database-missing")
def database_missing(stack: Stack) -> None:
    _change(stack, App(language="pq", without_database="exits"), DB_NAME="event")


@scenario("rds-connection-refused")
def connection_refused(stack: Stack) -> None:
    """A pooler was planned: its port is open in the groups, but nothing listens there."""
    ec2 = stack.client("ec2")
    task, database = stack.exports["TaskSecurityGroupId"], stack.exports["DbSecurityGroupId"]
    for group, peer, operation in (
        (task, database, ec2.authorize_security_group_egress),
        (database, task, ec2.authorize_security_group_ingress),
    ):
        permission = {
            "IpProtocol": "tcp",
            "FromPort": 6432,
            "ToPort": 6432,
            "UserIdGroupPairs": [{"GroupId": peer}],
        }
        operation(GroupId=group, IpPermissions=[permission])
    _change(stack, App(), DB_PORT="6432")


@scenario("rds-password-wrong")
def password_wrong(stack: Stack) -> None:
    """The secret has a new password, of which nobody told the database."""
    secrets, secret = stack.client("secretsmanager"), stack.exports["DbSecretArn"]
    value = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    value["password"] = "rotated-and-nobody-told-the-database"
    secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(value))
    stack.client("ecs").update_service(**stack.names, forceNewDeployment=True)


@scenario("rds-iam-login-denied")
def iam_login_denied(stack: Stack) -> None:
    """The program logs in with IAM, and its role may not."""
    _modify(stack, EnableIAMDatabaseAuthentication=True)
    _change(stack, App(language="jdbc", without_database="is unhealthy"), DB_AUTH="iam")


@scenario("rds-iam-role-blocks-password")
def iam_role_blocks_password(stack: Stack) -> None:
    """Somebody granted rds_iam to the user, who has logged in with a password so far."""
    _modify(stack, EnableIAMDatabaseAuthentication=True)
    rds.set_database(stack.region, _name(stack), {"rds_iam": True})


@scenario("rds-still-read-only")
def still_read_only(stack: Stack) -> None:
    _running_app_keeps_connections(stack, "service")
    _modify(stack, MultiAZ=True)
    stack.client("rds").reboot_db_instance(
        DBInstanceIdentifier=_name(stack), ForceFailover=True
    )


@scenario("rds-restarted")
def restarted(stack: Stack) -> None:
    _running_app_keeps_connections(stack, "jdbc")
    stack.client("rds").reboot_db_instance(DBInstanceIdentifier=_name(stack))


@scenario("rds-endpoint-is-replica")
def endpoint_is_replica(stack: Stack) -> None:
    name = f"{_name(stack)[:50]}-replica"
    made = stack.client("rds").create_db_instance_read_replica(
        DBInstanceIdentifier=name, SourceDBInstanceIdentifier=_name(stack)
    )["DBInstance"]
    _change(stack, App(), DB_HOST=made["Endpoint"]["Address"])


def _name(stack: Stack) -> str:
    return stack.database()["DBInstanceIdentifier"]


def _database(stack: Stack) -> rds.DBInstance:
    return rds.find(stack.region, _name(stack))


def _modify(stack: Stack, **settings: object) -> None:
    stack.client("rds").modify_db_instance(
        DBInstanceIdentifier=_name(stack), ApplyImmediately=True, **settings
    )


def _set_parameter(stack: Stack, name: str, value: str) -> None:
    group = stack.database()["DBParameterGroups"][0]["DBParameterGroupName"]
    parameter = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
    stack.client("rds").modify_db_parameter_group(
        DBParameterGroupName=group, Parameters=[parameter]
    )


def _only_of_the_program(stack: Stack, kind: str, language: str) -> None:
    app = App(database_trouble=kind, language=language, without_database="exits")
    release(stack, tag=_TAG, app=app)


def _change(stack: Stack, app: App, without: str = "", **settings: str) -> None:
    """Release a program with other settings."""
    release(stack, tag=_TAG, app=app, settings=settings, without=without)


def _running_app_keeps_connections(stack: Stack, language: str) -> None:
    image = stack.task_definition()["containerDefinitions"][0]["image"]
    APPS[image.rpartition(":")[2]] = App(language=language, keeps_connections=True)
