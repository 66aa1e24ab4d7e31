"""Binding: a home folder belongs to one library, so that no other one clears away its results.

A library in a file lies in its home folder. One on a server does not: the folder notes the
library's mark, and the server is asked for it whenever the two are opened together.
"""

from __future__ import annotations

from earwitness.core.errors import UsageError
from earwitness.core.files import disk_faults, write_atomic
from earwitness.store.place import Place

_NOTE = "library.id"


def bind_file(place: Place) -> None:
    """See that no library on a server has its results in this folder.

    Raises:
        UsageError: One has.
    """
    if (place.home / _NOTE).exists():
        raise UsageError(
            "the home folder belongs to a library on a database server",
            hint="set EARWITNESS_DATABASE to its address, or choose another --home",
        )


def bind_server(place: Place, mark: str, *, has_results: bool) -> None:
    """See that this folder has the results of one library on a server, and of no other.

    Args:
        place: The home folder.
        mark: The library's own, from its database.
        has_results: The library names stored results, so they must lie here already.

    Raises:
        UsageError: The folder is another library's, or the library's results lie elsewhere.
    """
    note = place.home / _NOTE
    with disk_faults("the library's folder cannot be read"):
        if note.exists():
            if note.read_text(encoding="utf-8").strip() == mark:
                return
            raise UsageError(
                "the home folder belongs to another library on a database server",
                hint="choose another --home, or set EARWITNESS_DATABASE to that one's address",
            )
        if place.database.exists() or any(place.blobs.iterdir()):
            raise UsageError(
                "the home folder holds a library of its own",
                hint="choose another --home; `earwitness backup` and `restore` move a library",
            )
    if has_results:
        raise UsageError(
            "the results of the library on the database server are not in this home folder",
            hint="choose the --home that the other machines use, on a disk they share",
        )
    write_atomic(note, mark.encode())
