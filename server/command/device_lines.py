"""Devices of a programme as lists and lines: their standing, how far each has counted, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sync.client import Overview
from sync.enrolment import Certificate


def listed(certificates: Sequence[Certificate], seen: Overview) -> list[dict[str, Any]]:
    """Certified devices, then those that only sent contacts so far."""
    counts = {each.device: each for each in seen.devices}
    held = {each.device: each for each in certificates}
    found: list[dict[str, Any]] = []
    for device in [*held, *sorted(set(counts) - set(held))]:
        certificate, count = held.get(device), counts.get(device)
        found.append(
            {
                "device": device.hex(),
                "role": certificate.role if certificate else None,
                "standing": _standing(certificate),
                "lane": certificate.lane.hex() if certificate else None,
                "last": count.last if count else 0,
                "missing": [list(each) for each in count.missing] if count else [],
                "twice": list(count.twice) if count else [],
            }
        )
    return found


def line_of(told: Mapping[str, Any]) -> str:
    missing = ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in told["missing"])
    parts = [f"{told['device']}  {told['role'] or 'unknown'}  {told['standing']}  last: {told['last']}"]
    if missing:
        parts.append(f"missing: {missing}")
    if told["twice"]:
        parts.append(f"ALARM, counted twice: {', '.join(str(each) for each in told['twice'])}")
    return "  ".join(parts)


def _standing(certificate: Certificate | None) -> str:
    if certificate is None:
        return "provisional"
    return "revoked" if certificate.revoked else "certified"
