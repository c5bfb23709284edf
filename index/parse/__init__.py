"""Reading reports: from the bytes of a page, file or letter to text with positions."""

from __future__ import annotations

from index.parse.reader import parse

__all__ = ["parse"]
