"""The contact sheet as a page: a search, a table side by side and a large view, without a network or a server."""

from __future__ import annotations

from batches.exports.sheet.writing import ITEMS, columns_shown, lot, page, script

__all__ = ["ITEMS", "columns_shown", "lot", "page", "script"]
