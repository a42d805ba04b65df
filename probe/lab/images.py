"""The digest of an image: moto makes it of the layers alone, and of an index at random."""

from __future__ import annotations

import hashlib

from moto.ecr.models import Image


def install() -> None:
    """Patch moto."""

    def create_digest(self: Image) -> None:
        self._image_digest = "sha256:" + hashlib.sha256(self.image_manifest.encode()).hexdigest()

    Image._create_digest = create_digest
