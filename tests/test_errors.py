from __future__ import annotations

import pytest

from openboneage import errors
from openboneage.findings import Finding, Severity


@pytest.mark.parametrize(
    ("kind", "exit_code", "http_status"),
    [
        (errors.InputError, 2, 400),
        (errors.RefusedError, 3, 422),
        (errors.UnreadableError, 4, 415),
        (errors.WeightsError, 5, 500),
    ],
)
def test_each_error_carries_its_answers(kind: type, exit_code: int, http_status: int) -> None:
    error = kind("what came")
    assert isinstance(error, errors.BoneAgeError)
    assert (error.exit_code, error.http_status, str(error)) == (exit_code, http_status, "what came")


def test_exit_codes_distinguish_the_errors() -> None:
    kinds = [kind for kind in errors.BoneAgeError.__subclasses__() if kind.__module__ == errors.__name__]
    codes = [kind.exit_code for kind in kinds]
    assert len(codes) == 4, "servers have errors of their own, which end no command"
    assert len(set(codes)) == len(codes)
    assert not {0, 1} & set(codes)


def test_finding_is_a_value() -> None:
    finding = Finding("low-contrast", Severity.WARNING, "Few grey levels.")
    assert finding == Finding("low-contrast", Severity.WARNING, "Few grey levels.")
    with pytest.raises(AttributeError):
        finding.code = "other"  # type: ignore[misc]
