from collections.abc import Iterator
from typing import Any

import anywidget
from traitlets import MetaHasTraits

class LiveFigure(anywidget.AnyWidget, metaclass=MetaHasTraits):
    def __init__(self, *, still: bytes, alt: str, meta: dict[str, Any], **traits: Any) -> None: ...
    def lines(self) -> Any: ...
    def answer(self, request: dict[str, Any]) -> Iterator[dict[str, Any]]: ...
