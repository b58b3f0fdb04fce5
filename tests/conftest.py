"""Fixtures shared by the tests of several packages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.tiny_backbone import mobilenet_kernels, write_backbone
from tests.tiny_rsna import SHARED_RSNA, build_shared

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of a file; see `browsing`."""
    from tests.browsing import started_browser  # importing Playwright takes 0.2 s

    with started_browser() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page with no cookies; the test fails if the page has a fault at its end (`browsing.faults_of`)."""
    from tests.browsing import faults_of

    with browser.new_context() as context:
        opened = context.new_page()
        faults = faults_of(opened)
        yield opened
        assert faults == []
