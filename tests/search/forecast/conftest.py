"""Plans for the built-in data, as the tests of ``spec`` have them."""

from __future__ import annotations

from tests.search.spec.conftest import cache, made, planned

__all__ = ["cache", "made", "planned"]
