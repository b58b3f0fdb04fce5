"""Where reports are sent. The node announces it; the worker and the reading room add the deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openboneage.store.films import Film
from openboneage.store.outbox import NewDelivery
from openboneage.store.site import read_setting, write_setting
from openboneage.store.store import Store

_SETTING = "destinations"


@dataclass(frozen=True)
class Destinations:
    """Deliveries that follow from an assessment or a signature.

    Attributes:
        assessed: When a film is assessed, before a reader signs.
        signed: When a reader signs.
    """

    assessed: tuple[NewDelivery, ...] = ()
    signed: tuple[NewDelivery, ...] = ()


def announce(store: Store, destinations: Destinations, actor: str) -> None:
    """Store where reports are sent from now on."""
    value = {name: _pairs(getattr(destinations, name)) for name in ("assessed", "signed")}
    if read_setting(store, _SETTING) != value:
        write_setting(store, _SETTING, value, actor)


@dataclass(frozen=True)
class Announced:
    """The deliveries that were announced, as the worker and `reports.sign` ask for them.

    Attributes:
        store: The store.
        event: `assessed` or `signed`.
    """

    store: Store
    event: str

    def __call__(self, film: Film, _: Any) -> Sequence[NewDelivery]:
        """The deliveries of a film; none for a film that is no DICOM object, since it has no study to be sent to."""
        if film.study_instance_uid is None or film.sop_instance_uid is None:
            return ()
        pairs = (read_setting(self.store, _SETTING) or {}).get(self.event, ())
        return tuple(NewDelivery(name, destination) for name, destination in pairs)


def _pairs(deliveries: Sequence[NewDelivery]) -> list[list[str]]:
    return [[each.format, each.destination] for each in deliveries]
