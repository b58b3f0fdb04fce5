"""Errors of OpenBoneAge. Each states what was expected, what was found and what to do.

An error text never contains a patient's name or another identifying value. The library raises; the command line turns an error
into its exit code, the reading room into its HTTP status and the DICOM node into its DIMSE status.
DIMSE status codes: DICOM PS3.4, table B.2-1 (C-STORE).
"""

from __future__ import annotations

from typing import ClassVar


class BoneAgeError(Exception):
    """Base class of all errors that this program raises."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    dimse_status: ClassVar[int] = 0xC000


class InputError(BoneAgeError):
    """An argument is invalid: a wrong age, an unknown sex, a missing file."""

    exit_code = 2
    http_status = 400
    dimse_status = 0xA900


class RefusedError(BoneAgeError):
    """The image was read but cannot be assessed: not a hand, a hand cut off, two hands."""

    exit_code = 3
    http_status = 422
    dimse_status = 0xA900


class UnreadableError(BoneAgeError):
    """The file is not a readable image: damaged, truncated, too large, of an unknown kind."""

    exit_code = 4
    http_status = 415
    dimse_status = 0xC000


class WeightsError(BoneAgeError):
    """A model's card or file is missing, damaged or does not match its checksum."""

    exit_code = 5
    http_status = 500
    dimse_status = 0xA700


class WorkerLostError(UnreadableError):
    """A worker process ended early: it was killed, it crashed, or it ran out of memory."""

    http_status = 500
    dimse_status = 0xA700
