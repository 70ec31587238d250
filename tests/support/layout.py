"""An image in a folder, as `oci:FOLDER` names it (opencontainers/image-spec, image-layout.md)."""

import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

IMAGE = "application/vnd.oci.image"


def write_layout(folder: Path, content: bytes) -> str:
    """Write a linux/amd64 image whose only file holds this; the digest of its manifest."""
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        file = tarfile.TarInfo("content")
        file.size = len(content)
        archive.addfile(file, io.BytesIO(content))
    layer = gzip.compress(tar.getvalue(), mtime=0)
    rootfs = {"type": "layers", "diff_ids": [_digest(tar.getvalue())]}
    config = _json({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": rootfs})
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": f"{IMAGE}.manifest.v1+json",
            "config": _descriptor(f"{IMAGE}.config.v1+json", config),
            "layers": [_descriptor(f"{IMAGE}.layer.v1.tar+gzip", layer)],
        }
    )
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for blob in (layer, config, manifest):
        (blobs / hashlib.sha256(blob).hexdigest()).write_bytes(blob)
    index = {"schemaVersion": 2, "manifests": [_descriptor(f"{IMAGE}.manifest.v1+json", manifest)]}
    (folder / "index.json").write_bytes(_json(index))
    (folder / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    return _digest(manifest)


def _descriptor(media_type: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": _digest(blob), "size": len(blob)}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"
