"""What was believed of the signs of stance before `weigh_stance.py` looked at turns."""

from __future__ import annotations

BELIEVED: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "dm": {
        "always": (-0.7, 0.7, 0.0, 0.1),
        "scene": (0.0, 0.8, 0.0, 0.0),
        "long": (0.0, 0.7, 0.0, 0.0),
        "short": (0.0, 0.0, 0.0, 0.6),
        "short question": (0.0, 0.0, 0.6, 1.4),
        "prompt": (0.0, 0.0, 0.6, 0.7),
        "nod": (0.0, 0.0, 0.0, 1.8),
        "cry": (0.0, 0.0, 0.0, 1.1),
        "reports": (0.5, 0.5, 0.0, 0.0),
        "quoted": (1.8, 0.0, 0.0, 0.0),
        "quotes": (1.0, 1.0, 0.0, 0.0),
    },
    "player": {
        "always": (0.5, -0.4, -0.5, 0.2),
        "nod": (0.0, 0.0, 0.0, 0.4),
        "nod after leader": (0.0, 0.0, 0.0, 0.7),
        "cry": (0.0, 0.0, 0.0, 0.9),
        "hail": (2.4, 0.0, 0.0, 0.0),
        "ask": (0.0, 0.0, 0.0, 0.9),
        "deed": (0.0, 1.8, 0.0, 0.0),
        "craft": (0.0, 0.0, 0.7, 0.0),
        "plan": (0.7, 0.0, 0.0, 0.0),
        "scrap": (0.0, 0.0, 0.0, 0.4),
        "quoted": (0.6, 0.0, 0.0, 0.0),
    },
    "all": {
        "result": (0.0, 0.0, 1.2, 0.0),
        "a result": (0.0, 0.0, 1.2, 0.0),
        "dice": (0.0, 0.0, 2.1, 0.0),
        "rules": (0.0, 0.0, 0.6, 0.0),
        "turn": (0.0, 0.0, 1.2, 0.0),
        "number": (0.0, 0.0, 0.7, 0.0),
        "call": (0.0, 0.0, 0.9, 0.0),
        "table": (0.0, 0.0, 0.0, 2.0),
        "much table": (0.0, 0.0, 0.0, 1.5),
        "broadcast": (0.0, 0.0, 0.0, 0.9),
        "coin": (0.4, 0.0, 0.0, 0.0),
        "sung": (0.0, 0.0, 0.0, 0.6),
        "laughter": (0.0, 0.0, 0.0, 0.5),
        "person named": (0.0, 0.0, 0.0, 0.9),
        "character named": (0.6, 0.0, 0.0, 0.0),
    },
}
"""What was believed before, set by hand: where the weights start from, and what the penalty holds
them near. A sign that the turns seldom show keeps what was believed of it."""
