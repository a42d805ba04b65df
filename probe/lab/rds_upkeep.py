"""What RDS plans for an instance: maintenance, the end of certificates and of the support of versions.

moto knows none of these calls. The dates are those that AWS has published for these names.
"""

from __future__ import annotations

import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.responses import RDSResponse

# Certificate authorities with the end of their validity.
_AUTHORITIES = {
    "rds-ca-rsa2048-g1": datetime.datetime(2061, 5, 22, 23, 4),
    "rds-ca-rsa4096-g1": datetime.datetime(2121, 5, 22, 23, 4),
    "rds-ca-ecc384-g1": datetime.datetime(2121, 5, 22, 23, 4),
}
# Major versions of PostgreSQL with the last day of standard and of extended support.
_SUPPORT = {
    "15": (datetime.datetime(2028, 2, 29), datetime.datetime(2031, 2, 28)),
    "16": (datetime.datetime(2029, 2, 28), datetime.datetime(2032, 2, 29)),
    "17": (datetime.datetime(2030, 2, 28), datetime.datetime(2033, 2, 28)),
}
# Instance: what waits for it; see `plan`.
_PLANNED: dict[str, list[dict]] = {}


def install() -> None:
    """Patch moto."""
    RDSResponse.describe_certificates = _certificates
    RDSResponse.describe_db_major_engine_versions = _major_versions
    RDSResponse.describe_pending_maintenance_actions = _maintenance


def plan(arn: str, action: str, description: str, days: float) -> None:
    """Let maintenance wait for an instance."""
    at = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(days=days)
    _PLANNED.setdefault(arn, []).append(
        {"Action": action, "Description": description, "AutoAppliedAfterDate": at, "CurrentApplyDate": at}
    )


def forget() -> None:
    """Let no maintenance wait."""
    _PLANNED.clear()


def _certificates(self: Any) -> ActionResult:
    wanted = self.params.get("CertificateIdentifier")
    found = [
        {"CertificateIdentifier": name, "CertificateType": "CA", "ValidTill": until}
        for name, until in _AUTHORITIES.items()
        if wanted in (None, name)
    ]
    return ActionResult({"Certificates": found})


def _major_versions(self: Any) -> ActionResult:
    wanted = self.params.get("MajorEngineVersion")
    found = [
        {
            "Engine": "postgres",
            "MajorEngineVersion": major,
            "SupportedEngineLifecycles": [
                {"LifecycleSupportName": "open-source-rds-standard-support", "LifecycleSupportEndDate": standard},
                {"LifecycleSupportName": "open-source-rds-extended-support", "LifecycleSupportEndDate": extended},
            ],
        }
        for major, (standard, extended) in _SUPPORT.items()
        if wanted in (None, major)
    ]
    return ActionResult({"DBMajorEngineVersions": found})


def _maintenance(self: Any) -> ActionResult:
    names = [name for wanted in self.params.get("Filters") or [] for name in wanted["Values"]]
    found = [
        {"ResourceIdentifier": arn, "PendingMaintenanceActionDetails": planned}
        for arn, planned in _PLANNED.items()
        if not names or arn.rpartition(":")[2] in names or arn in names
    ]
    return ActionResult({"PendingMaintenanceActions": found})
