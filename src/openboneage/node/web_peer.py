"""DICOMweb: sending by STOW-RS, asking by QIDO-RS, fetching by WADO-RS (PS3.18)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from io import BytesIO

import requests
from dicomweb_client import DICOMwebClient
from dicomweb_client.session_utils import create_session_from_user_pass
from pydicom import dcmread
from pydicom.dataset import Dataset

from openboneage.errors import InputError
from openboneage.node.header import Header
from openboneage.node.settings import WebPeer
from openboneage.node.transfer import RefusedByPeerError, TransferError
from openboneage.reading.bounds import MAX_FILE_BYTES

_AGAIN = (401, 403, 404, 408, 413, 425, 429)
"""Failures of the client that may pass: access, a server that is starting, limits."""
_NO_RESOURCES = range(0xA700, 0xA800)
_ALREADY_STORED = 0x0111
_FIELDS = ("Modality", "BodyPartExamined", "ViewPosition", "StudyDescription", "SeriesDescription", "SOPClassUID")


def store(peer: WebPeer, content: bytes) -> None:
    """Send an object by STOW-RS.

    Args:
        peer: The receiver.
        content: A DICOM file.

    Raises:
        TransferError: The server cannot be reached, or has no room.
        RefusedByPeerError: The server does not take the object.
    """
    with _talking_to(peer) as client:
        answer = client.store_instances([dcmread(BytesIO(content))])
    for item in answer.get("FailedSOPSequence", ()):
        reason = int(item.get("FailureReason", 0))
        if reason != _ALREADY_STORED:
            kind = TransferError if reason in _NO_RESOURCES else RefusedByPeerError
            raise kind(f"{peer.name} answered with failure reason 0x{reason:04X}.")


def find(peer: WebPeer, modality: str, today: date) -> Iterator[tuple[str, Header]]:
    """Ask for the instances of the last days.

    Yields:
        Series Instance UID and header of each instance; attributes that the server does not return are empty.

    Raises:
        TransferError: The server cannot be reached, or does not answer the query.
    """
    first = today - timedelta(days=(peer.query_days or 1) - 1)
    days = f"{first:%Y%m%d}-{today:%Y%m%d}"
    with _talking_to(peer) as client:
        series = client.search_for_series(search_filters={"Modality": modality, "StudyDate": days}, get_remaining=True)
        for found in map(Dataset.from_json, series):
            study, uid = str(found.StudyInstanceUID), str(found.SeriesInstanceUID)
            instances = client.search_for_instances(study, uid, fields=_FIELDS, get_remaining=True)
            yield from ((uid, _header(Dataset.from_json(each), found)) for each in instances)


def fetch(peer: WebPeer, series_instance_uid: str, header: Header) -> bytes:
    """Fetch an instance by WADO-RS, in the transfer syntax that the server has.

    Returns:
        A DICOM file.

    Raises:
        TransferError: The server cannot be reached, or does not return the instance.
    """
    with _talking_to(peer) as client:
        dataset = client.retrieve_instance(header.study_instance_uid, series_instance_uid, header.sop_instance_uid)
        file = BytesIO()
        dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _header(instance: Dataset, series: Dataset) -> Header:
    def text(keyword: str) -> str:
        return str(instance.get(keyword) or series.get(keyword) or "")

    return Header(
        sop_class_uid=text("SOPClassUID"),
        sop_instance_uid=text("SOPInstanceUID"),
        study_instance_uid=text("StudyInstanceUID"),
        modality=text("Modality"),
        body_part=text("BodyPartExamined"),
        view_position=text("ViewPosition"),
        descriptions=tuple(found for keyword in ("StudyDescription", "SeriesDescription") if (found := text(keyword))),
    )


@contextmanager
def _talking_to(peer: WebPeer) -> Iterator[DICOMwebClient]:
    """A client; errors of the network become errors of this program, which quote no address of an instance."""
    with _session(peer) as session:
        client = DICOMwebClient(peer.url, session, timeout=peer.timeout_seconds, chunk_size=MAX_FILE_BYTES)
        client.set_http_retry_params(retry=False)  # the outbox tries again
        try:
            yield client
        except requests.HTTPError as error:
            status = 0 if error.response is None else error.response.status_code
            kind = TransferError if status >= 500 or status in _AGAIN else RefusedByPeerError
            raise kind(f"{peer.name} answered with HTTP status {status}.") from None
        except requests.RequestException as error:
            raise TransferError(f"{peer.name} cannot be reached ({type(error).__name__}).") from None
        except (ValueError, KeyError, AttributeError) as error:
            raise TransferError(f"{peer.name} gave an answer that is no DICOMweb ({type(error).__name__}).") from None


def _session(peer: WebPeer) -> requests.Session:
    if peer.password_file is None:
        session = requests.Session()
    else:
        try:
            password = peer.password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise InputError(f"Expected the password of {peer.name} in its password_file; it cannot be read.") from None
        session = create_session_from_user_pass(peer.user, password)
    if peer.authorities is not None:
        session.verify = str(peer.authorities)
    return session
