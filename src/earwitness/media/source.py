"""What can be said of a source before anything parses it: that it is there, and is a file."""

from __future__ import annotations

import stat
from pathlib import Path

from earwitness.core.errors import SourceNotFound, UnsupportedSource


def require_file(path: Path) -> int:
    """Size of a regular, readable, non-empty file, in bytes.

    Pipes and devices are refused: opening one could wait for ever.

    Raises:
        SourceNotFound: There is nothing at `path`.
        UnsupportedSource: It is a folder, empty, no regular file, or may not be read.
    """
    try:
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            with path.open("rb"):
                pass
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceNotFound(
            f"{path.name or path}: no such file", hint="check the path and its spelling"
        ) from error
    except (OSError, ValueError) as error:
        raise UnsupportedSource(
            f"{path.name}: cannot be opened ({type(error).__name__})",
            hint="check that you may read it",
        ) from error
    if stat.S_ISDIR(found.st_mode):
        raise UnsupportedSource(
            f"{path.name or path}: a folder, not a recording", hint="name the files inside it"
        )
    if not stat.S_ISREG(found.st_mode):
        raise UnsupportedSource(f"{path.name}: not a regular file", hint="save it as a file first")
    if found.st_size == 0:
        raise UnsupportedSource(
            f"{path.name}: the file is empty (0 bytes)", hint="copy or record it again"
        )
    return found.st_size
