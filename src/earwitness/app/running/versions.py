"""Versions: a session's runs as results - which there are, how two differ, which one is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from earwitness.app.corrections.view import see
from earwitness.app.running.earlier import seen_run, show
from earwitness.core.compare import Comparison, compare
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.run import Run
from earwitness.core.transcript import Transcript
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Version:
    """One run of a session.

    Attributes:
        run: With its target, when it was a re-run.
        shown: People see its result.
        complete: It has a transcript, so that it can be put back and compared.
        computed: How many pieces of each stage it really did; all others were there already.
    """

    run: Run
    shown: bool
    complete: bool
    computed: tuple[tuple[str, int], ...]


def history(library: Library, session: str) -> tuple[Version, ...]:
    """All runs of a session, the newest first.

    Raises:
        NotFound: There is no such session.
    """
    library.session(session)
    seen = seen_run(library, session)
    return tuple(
        Version(
            run,
            shown=seen is not None and seen.id == run.id,
            complete=_transcript(library, run) is not None,
            computed=_computed(library, run),
        )
        for run in library.runs(session)
    )


def diff(
    library: Library, session: str, before: str, after: str, *, machine: bool = False
) -> Comparison:
    """How the results of two runs differ.

    Args:
        library: Where the session is.
        session: Its id.
        before: A run's id, or the beginning of it.
        after: The other run's.
        machine: Compare what the engines made; else what people read, corrections included.

    Raises:
        NotFound: There is no such run, or it has no transcript.
        UsageError: Several runs begin so.
    """
    library.session(session)
    sides = []
    for name in (before, after):
        run = find_run(library, session, name)
        digest = _transcript(library, run)
        if digest is None:
            raise NotFound(f"run {run.id} has no transcript", hint="choose another run")
        if machine:
            sides.append(library.get(digest, Transcript))
        else:
            sides.append(see(library, session, digest).folded.transcript)
    return compare(sides[0], sides[1])


def put_back(library: Library, session: str, name: str) -> Run:
    """Let people see the result of an earlier (or later) run; corrections are folded onto it.

    Nothing is lost: putting the other one back undoes it.

    Raises:
        NotFound: There is no such run, or it has no transcript.
        UsageError: Several runs begin so.
    """
    library.session(session)
    run = find_run(library, session, name)
    if _transcript(library, run) is None:
        raise NotFound(f"run {run.id} has no transcript to be shown", hint="choose another run")
    show(library, run)
    return run


def find_run(library: Library, session: str, name: str) -> Run:
    """A run by its id, or the beginning of it.

    Raises:
        NotFound: There is none.
        UsageError: There are several.
    """
    found = [run for run in library.runs(session) if name and run.id.startswith(name)]
    if not found:
        raise NotFound(
            f"no run begins with {name!r}", hint="`earwitness sessions history` lists them"
        )
    if len(found) > 1:
        raise UsageError(
            f"several runs begin with {name!r}", hint=", ".join(run.id for run in found)
        )
    return found[0]


def _transcript(library: Library, run: Run) -> str | None:
    return None if run.outcome is None else library.result(run.id, "attribute")


def _computed(library: Library, run: Run) -> tuple[tuple[str, int], ...]:
    """Pieces that were made, stage by stage; a stage as a whole counts when it has no others."""
    steps = [step for step in library.steps(run.id) if step.stage != "report"]
    cut = {step.stage for step in steps if step.chunk is not None}
    made = [
        step.stage
        for step in steps
        if not step.hit and step.digest and (step.chunk is not None or step.stage not in cut)
    ]
    return tuple(Counter(made).items())
