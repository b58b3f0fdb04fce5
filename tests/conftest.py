"""Fixtures shared by the tests of several packages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.tiny_backbone import mobilenet_kernels, write_backbone
from tests.tiny_rsna import SHARED_RSNA, build_shared

settings.register_profile("house", deadline=None)  # a busy machine is no reason to fail
settings.load_profile("house")


@pytest.fixture(scope="session")
def tiny_shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like `../shared`, made of the six example films; see `tiny_rsna`."""
    return build_shared(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TFLite file with the layers of MobileNetV2; see `tiny_backbone`."""
    return write_backbone(tmp_path_factory.mktemp("backbone") / "net.tflite", mobilenet_kernels())


@pytest.fixture(scope="session")
def real_rsna() -> Path:
    """The real RSNA films beside the checkout; the test is skipped where they are not."""
    if not (SHARED_RSNA / "train.csv").is_file():
        pytest.skip("the RSNA films (../shared/rsna) are not beside this checkout")
    return SHARED_RSNA
