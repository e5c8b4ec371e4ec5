"""The example of a client in the docs, led to a page in tests instead of over a network."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError

import pytest
from fastapi.testclient import TestClient

PATH = Path(__file__).parents[2] / "docs" / "examples" / "api_client.py"


def load_example(
    monkeypatch: pytest.MonkeyPatch, client: TestClient, headers: dict[str, str]
) -> ModuleType:
    """Load the example; what it asks is answered by a page in tests."""
    spec = importlib.util.spec_from_file_location("api_client", PATH)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    monkeypatch.setenv("WAYFARE_TOKEN", headers["authorization"].partition(" ")[2])

    def answer(request: Any, timeout: int) -> io.BytesIO:
        assert timeout > 0
        path = request.full_url.removeprefix("http://localhost")
        given = client.request(
            request.get_method(), path, headers=dict(request.headers), content=request.data
        )
        if given.status_code >= 400:
            body = io.BytesIO(given.content)
            raise HTTPError(request.full_url, given.status_code, "refused", None, body)  # type: ignore[arg-type]
        return io.BytesIO(given.content)

    monkeypatch.setattr(example, "urlopen", answer)
    return example
