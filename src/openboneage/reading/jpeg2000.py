"""Count the precincts and code-blocks of a JPEG 2000 codestream: a decoder allocates memory for each of them first."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from openboneage.errors import UnreadableError

MAX_PARTS = 400_000
"""Precincts and code-blocks of one component; 64 megapixels in code-blocks of 16 x 16 are 330,000."""

_COD, _COC, _SOT, _SOD, _EOC = 0xFF52, 0xFF53, 0xFF90, 0xFF93, 0xFFD9
_USER_PRECINCTS = 1
_LARGEST_PRECINCT = 0xFF  # two exponents of 15


def check_parts(data: bytes, start: int, width: int, height: int) -> None:
    """Refuse a codestream with very many precincts or code-blocks (ITU-T T.800 A.6.1, A.6.2, B.6, B.7).

    Args:
        data: The file.
        start: Where the codestream starts.
        width: Right end of the image on the reference grid, px.
        height: Lower end of the image on the reference grid, px.

    Raises:
        UnreadableError: There are more than `MAX_PARTS`.
    """
    for style, coding in _coding_styles(data, start):
        levels, block_width, block_height = coding[0], (coding[1] & 15) + 2, (coding[2] & 15) + 2
        precincts = coding[5 : 6 + levels] if style & _USER_PRECINCTS else bytes([_LARGEST_PRECINCT]) * (levels + 1)
        parts = _cells(width, height, block_width, block_height) + sum(
            _cells(width >> (levels - level), height >> (levels - level), precinct & 15, precinct >> 4)
            for level, precinct in enumerate(precincts)
        )
        if parts > MAX_PARTS:
            raise UnreadableError(
                f"Expected at most {MAX_PARTS} precincts and code-blocks in a JPEG 2000, got {parts}; export larger ones."
            )


def _cells(width: int, height: int, width_exponent: int, height_exponent: int) -> int:
    return ((width >> width_exponent) + 1) * ((height >> height_exponent) + 1)


def _coding_styles(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Yield the style and parameters of each COD and COC segment, in the main header and those of tile-parts."""
    position, part_end = start + 2, 0
    while True:
        marker, length = struct.unpack_from(">HH", data, position)
        body = data[position + 4 : position + 2 + length]
        if marker == _COD:
            yield body[0], body[5:]
        elif marker == _COC:
            yield body[1], body[2:]
        elif marker == _SOT:
            (part_length,) = struct.unpack_from(">I", body, 2)
            part_end = position + part_length if part_length else len(data)
        if marker == _SOD:
            if part_end <= position:
                raise ValueError("a tile-part that does not end")
            position = part_end
        else:
            position += 2 + length
        if position + 4 > len(data) or data[position : position + 2] == _EOC.to_bytes(2, "big"):
            return
