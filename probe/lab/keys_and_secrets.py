"""The words of Secrets Manager, and the keys that AWS manages.

moto says of a secret that is marked for deletion a sentence with line breaks and its own name in
it, and of a staging label that no version has that the whole secret is missing; it finds a secret
whose name ends in a hyphen and six characters by an ARN without those that Secrets Manager adds;
it adds six letters without digits, and three times as often as AWS six in lower case, which look
like the end of a name that somebody chose; and it takes the keys of AWS's own services for keys of the customer.
"""

from __future__ import annotations

import re
from typing import Any

from moto.kms.models import KmsBackend
from moto.secretsmanager import models
from moto.secretsmanager.exceptions import InvalidRequestException, ResourceNotFoundException
from moto.secretsmanager.models import SecretsManagerBackend
from moto.secretsmanager.utils import SecretsManagerSecretIdentifier

_DELETED = "You can't perform this operation on the secret because it was marked for deletion."


def _name_in(identifier: str) -> str:
    """The name in an ARN without the characters at its end; none if it seems to have them.

    A whole ARN was compared before this is asked.
    """
    name = identifier.split(":secret:")[-1]
    return "" if name != identifier and re.search(r"-[A-Za-z0-9]{6}$", name) else name


def install() -> None:
    """Patch moto."""
    get_value, make_default = SecretsManagerBackend.get_secret_value, KmsBackend._generate_default_keys

    def get_secret_value(
        self: SecretsManagerBackend, secret_id: str, version_id: str, version_stage: str
    ) -> dict[str, Any]:
        secret = self.secrets.get(secret_id)
        if secret is not None and secret.is_deleted():
            raise InvalidRequestException(_DELETED)
        if secret is not None and version_stage and not version_id:
            labels = {label for v in secret.versions.values() for label in v["version_stages"]}
            if version_stage not in labels:
                what = f"the specified secret value for staging label: {version_stage}"
                raise ResourceNotFoundException(f"Secrets Manager can't find {what}")
        return get_value(self, secret_id, version_id, version_stage)

    SecretsManagerBackend.get_secret_value = get_secret_value
    models.get_secret_name_from_partial_arn = _name_in
    draw = SecretsManagerSecretIdentifier.generate

    def generate(self: SecretsManagerSecretIdentifier, *args: Any, **kwargs: Any) -> str:
        while (arn := draw(self, *args, **kwargs))[-6:].islower():
            pass
        return arn

    SecretsManagerSecretIdentifier.generate = generate

    def generate_default_keys(self: KmsBackend, alias_name: str) -> str | None:
        key_id = make_default(self, alias_name)
        if key_id:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    KmsBackend._generate_default_keys = generate_default_keys
