"""Coverage-guided fuzzing of the reader: whatever the bytes, a film or an error of this program, in bounded memory and time.

Run from the root of the repository, with the extra `fuzz` (Linux and macOS):
`python tools/fuzz.py CORPUS -max_total_time=300`. CORPUS is a folder for inputs that reach new code; an empty one is first
filled with small images. Further options are those of libFuzzer. The run ends at the first input that fails, and writes it to
the working directory. Repeat short runs on one CORPUS: atheris 3.0 itself keeps about 4 KB of memory for each input.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import atheris

with atheris.instrument_imports(include=["openboneage", "pydicom"]):
    import openboneage.reading.dicom.film
    import openboneage.reading.raster  # noqa: F401  the reader imports both only where it needs them
    from openboneage.errors import BoneAgeError
    from openboneage.reading.bounds import MAX_SIDE_PX, MIN_SIDE_PX
    from openboneage.reading.read import read

DATA = Path(__file__).parents[1] / "tests" / "data"
LIMITS = ("-rss_limit_mb=3072", "-timeout=20", f"-max_len={2**16}")


def main() -> None:
    """Fill an empty corpus and fuzz."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit("Expected a folder for the corpus: python tools/fuzz.py CORPUS [options of libFuzzer]")
    corpus = Path(sys.argv[1])
    corpus.mkdir(exist_ok=True)
    if not any(corpus.iterdir()):
        for number, data in enumerate(seeds()):
            (corpus / f"seed-{number:03}").write_bytes(data)
    atheris.Setup([sys.argv[0], *LIMITS, *sys.argv[1:]], read_one)
    atheris.Fuzz()


def read_one(data: bytes) -> None:
    """Read an input; it fails unless a film within the bounds or an error of this program comes out."""
    with suppress(BoneAgeError):
        sides_px = read(data).display.shape
        if not MIN_SIDE_PX <= min(sides_px) <= max(sides_px) <= MAX_SIDE_PX:
            raise ValueError(f"a film of {sides_px} px")


def seeds() -> Iterator[bytes]:
    """The inputs of earlier runs, and the encoded and hostile files of the tests."""
    with ZipFile(DATA / "fuzz" / "corpus.zip") as corpus:
        for name in corpus.namelist():
            yield corpus.read(name)
    for path in sorted(DATA.glob("*/*.dcm")):
        yield path.read_bytes()


if __name__ == "__main__":
    main()
