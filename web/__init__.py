"""The page that planners and commissioners work in, and the API; served by `wayfare serve`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.app import build_app
    from web.config import WebConfig, read_web_config
    from web.settings import SignIn, WebSettings

__all__ = ["SignIn", "WebConfig", "WebSettings", "build_app", "read_web_config"]

_HOMES = {
    "SignIn": "web.settings",
    "WebConfig": "web.config",
    "WebSettings": "web.settings",
    "build_app": "web.app",
    "read_web_config": "web.config",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
