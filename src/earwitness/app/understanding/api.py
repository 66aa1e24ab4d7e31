"""The public verb of understanding: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earwitness.app.library import open_library
from earwitness.app.records import read_record
from earwitness.app.request import engine_options
from earwitness.app.services import guarded
from earwitness.app.settings import Settings, read_settings
from earwitness.app.understanding.understand import Wish
from earwitness.app.understanding.understand import understand as understand_in
from earwitness.app.understanding.understood import Understood
from earwitness.app.wishing import AnyPath
from earwitness.core.ports import EngineOptions
from earwitness.core.text_ports import Budget
from earwitness.core.transcript import Record
from earwitness.runs.listener import Listener
from earwitness.store.library import Library


def understand(
    session: str,
    *,
    by: str = "auto",
    models: Sequence[str] = (),
    fresh: bool = False,
    home: AnyPath | None = None,
    listener: Listener = lambda _stage, _share: None,
) -> tuple[Understood, Record]:
    """Label a session's lines and find its moments, as its playbook asks; again after corrections.

    Lines in which nothing has changed are not judged twice. What cannot be borne out by what was
    said is left out, whoever claims it.

    Args:
        session: Its id, or the beginning of it.
        by: `rules`, `models` or another plug-in's name; `auto`: rules, unless models are named.
        models: Language models in the order in which they are tried, such as `ollama:qwen3`;
            empty: those of the settings.
        fresh: Judge every line again.
        home: The library's folder.
        listener: Told `(stage, share)` as work goes on, from any thread.

    Returns:
        What was found, and the record as people see it now.

    Raises:
        NotFound: No such session, or it has no transcript yet.
        UsageError: No such engine.
        EngineUnavailable: It cannot run here, or would send text of a local-only session away.
    """
    settings = read_settings(home=home, language_models=list(models) or None)
    with open_library(settings) as library:
        name = library.resolve(session)
        wish = wish_of(settings, library, by, named=bool(models), fresh=fresh)
        found = understand_in(library, name, wish, listener)
        return found, read_record(library, name)


def _options(settings: Settings, library: Library) -> EngineOptions:
    """What is said to engines that work on text; other engines' own options mean nothing there."""
    own = (("models.timeout_s", str(settings.language_model_timeout_s)),)
    return replace(guarded(engine_options(settings), library), own=own)


def wish_of(settings: Settings, library: Library, by: str, *, named: bool, fresh: bool) -> Wish:
    """What is wanted of engines that work on text.

    Args:
        settings: With the language models, and what they may be asked for.
        library: Where the session is.
        by: A plug-in's name, or `auto`.
        named: Somebody named models: they are meant by `auto`.
        fresh: What was found before is not used.
    """
    return Wish(
        "models" if by == "auto" and named else by,
        _options(settings, library),
        models=settings.language_models,
        budget=_budget(settings),
        fresh=fresh,
    )


def _budget(settings: Settings) -> Budget:
    dollars = settings.language_model_dollars
    money_micro = None if dollars is None else int(dollars * 1_000_000)
    return Budget(settings.language_model_tokens, money_micro)
