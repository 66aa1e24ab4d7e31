"""How tracks are told: whose they are, where they lie, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earwitness.cli.answer import say, table

if TYPE_CHECKING:
    from earwitness.core.session import Session
    from earwitness.core.sound import Place

WHY = {
    "reference": "the others are laid against it",
    "sound": "by its sound",
    "said": "as you said",
    "declared": "as its list says",
    "assumed": "nothing tells",
}


def tracks_json(session: Session, places: tuple[Place, ...]) -> list[dict[str, object]]:
    """One object per track; offset and drift are null for one that could not be decoded."""
    laid = {place.track: place for place in places}
    told: list[dict[str, object]] = []
    for number, track in enumerate(session.tracks):
        place, recording = laid.get(number), session.recordings[number]
        told.append(
            {
                "track": number,
                "file": recording.name,
                "person": track.person,
                "mix": place.is_mix if place else track.is_mix,
                "offset_ms": place.offset_us / 1000 if place else None,
                "drift_ppm": place.drift_ppb / 1000 if place else None,
                "laid_by": place.by if place else None,
                "confidence": place.confidence if place else None,
            }
        )
    return told


def show_tracks(session: Session, places: tuple[Place, ...]) -> None:
    """A table of them."""
    laid = {place.track: place for place in places}
    rows = []
    for number, track in enumerate(session.tracks):
        place = laid.get(number)
        sure = place.confidence if place else None
        rows.append(
            (
                f"  {number}",
                ((place.is_mix if place else track.is_mix) and "the mix") or track.person or "",
                f"{place.offset_us / 1000:+.1f} ms" if place else "",
                f"{place.drift_ppb / 1000:+.1f} ppm" if place else "",
                (WHY[place.by] if place else "not in it" if laid else "in another library")
                + (f" ({sure:.2f})" if sure is not None else ""),
            )
        )
    say()
    table(("  track", "person", "begins", "clock runs", "laid"), rows, right=(2, 3))
