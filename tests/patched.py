"""Pytest plugin: patches the standard library with gevent before anything else is imported.

Product code runs patched everywhere, so the tests do too. Loaded by `-p tests.patched` in pyproject.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()
