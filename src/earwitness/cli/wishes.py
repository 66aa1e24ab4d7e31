"""`models options`: what can be said to engines."""

from __future__ import annotations

from earwitness.cli.answer import say, say_json, table
from earwitness.cli.options import Common


def models_options(engine: str | None = None, /, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """List what can be said to engines with --engine-option.

    Args:
        engine: Only this one [default: all that have options].
    """
    from earwitness.app.wishes import menus

    found = menus(engine)
    if common.json:
        told = [
            {
                "engine": menu.engine,
                "ability": menu.ability,
                "options": [
                    {
                        "name": choice.name,
                        "kind": choice.kind,
                        "default": choice.default,
                        "values": list(choice.values),
                        "help": choice.help,
                    }
                    for choice in menu.choices
                ],
            }
            for menu in found
        ]
        say_json({"engines": told})
        return 0
    rows = [
        (
            menu.engine,
            choice.name,
            choice.default or "–",
            ", ".join(choice.values) or choice.kind,
            choice.help,
        )
        for menu in found
        for choice in menu.choices
    ]
    if rows:
        table(("engine", "option", "default", "values", "what it changes"), rows)
    else:
        say(f"{engine or 'no engine'} leaves nothing to be chosen")
    return 0
