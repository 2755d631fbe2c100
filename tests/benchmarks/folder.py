"""A folder in the place of S3: what a benchmark of millions of rows keeps there must not stand in the memory it measures."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

from botocore.response import StreamingBody


class FolderS3:
    """The calls that registers make; `asked` has the name of each."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.asked: list[str] = []

    def path(self, key: str) -> Path:
        """Where an object stands."""
        return self._root / key

    def put_object(self, *, Key: str, Body: Any, **_: object) -> dict[str, object]:  # noqa: N803  # AWS's names
        self.asked.append("PutObject")
        path = self.path(Key)
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(Body, bytes | bytearray | memoryview):
            path.write_bytes(Body)
        else:
            with path.open("wb") as to:
                shutil.copyfileobj(Body, to)
        return {}

    def get_object(self, *, Key: str, **_: object) -> dict[str, Any]:  # noqa: N803
        self.asked.append("GetObject")
        path = self.path(Key)
        return {"Body": StreamingBody(path.open("rb"), path.stat().st_size)}

    def copy_object(self, *, Key: str, CopySource: dict[str, str], **_: object) -> dict[str, object]:  # noqa: N803
        self.asked.append("CopyObject")
        path = self.path(Key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.hardlink_to(self.path(CopySource["Key"]))
        return {}

    def upload_fileobj(self, Fileobj: io.BufferedIOBase, Bucket: str, Key: str, **_: object) -> None:  # noqa: N803
        self.put_object(Key=Key, Body=Fileobj)
