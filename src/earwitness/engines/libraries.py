"""Libraries: whether they are there, and which version, told without importing them."""

from __future__ import annotations

import importlib.util
from importlib.metadata import PackageNotFoundError, version

from earwitness.core.errors import EngineUnavailable
from earwitness.core.ports import Readiness


def missing(module: str, extra: str) -> Readiness | None:
    """Why a library cannot be used, or None when it is there.

    Args:
        module: As it is imported, e.g. `pyannote.audio`.
        extra: Of earwitness, which brings it.
    """
    if installed(module):
        return None
    return Readiness(False, f"{module} is not installed", f"pip install 'earwitness[{extra}]'")


def installed(module: str) -> bool:
    """Whether a module could be imported."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # the package that it would lie in is not there
        return False


def version_of(distribution: str) -> str:
    """The version of a distribution, without importing it."""
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(unknown version)"


def has(distribution: str) -> bool:
    """Whether a distribution is installed, whatever it imports as."""
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def broken(module: str, error: BaseException, *, hint: str) -> EngineUnavailable:
    """The error for a library that is there and cannot be imported.

    Only the kind of the error is told: its text may name folders.
    """
    why = f"{module} is installed and cannot be loaded ({type(error).__name__})"
    return EngineUnavailable(why, hint=hint)
