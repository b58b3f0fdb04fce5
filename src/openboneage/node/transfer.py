"""Sending to a peer: the errors that both protocols share."""

from __future__ import annotations

from typing import ClassVar

from openboneage.errors import BoneAgeError


class TransferError(BoneAgeError):
    """A peer could not be reached or had no room: sending again may succeed."""

    is_final: ClassVar[bool] = False
    http_status = 502
    dimse_status = 0xA700


class RefusedByPeerError(TransferError):
    """A peer does not take the object: sending the same again cannot succeed."""

    is_final = True
