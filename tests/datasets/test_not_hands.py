"""Images without a hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from openboneage.datasets.not_hands import read_not_hands
from openboneage.datasets.splits import Split, split_of
from openboneage.errors import InputError
from tests.tiny_rsna import NOT_HANDS


def test_each_image_is_in_one_split(tiny_shared: Path) -> None:
    by_split = {split: read_not_hands(tiny_shared / "not_hands" / "mednist-64px.zip", split) for split in Split}

    assert sum(map(len, by_split.values())) == NOT_HANDS
    assert all(split_of(name) is split for split, images in by_split.items() for name in images)
    assert {(pixels.shape, pixels.dtype) for images in by_split.values() for pixels in images.values()} == {
        ((64, 64), np.dtype(np.uint8))
    }


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"without a hand at .*absent\.zip, found none"):
        read_not_hands(tmp_path / "absent.zip", Split.TRAIN)
