"""RLE Lossless, PS3.5 annex G, for one frame.

Implemented here because the available decoders are unsafe for untrusted files: pylibjpeg-rle panics on damaged headers, which
`except Exception` does not catch, and pydicom's decoder lets a small segment grow without limit.
"""

from __future__ import annotations

import struct

import numpy as np

from openboneage.reading.display import Pixels

_HEADER = struct.Struct("<16I")


def decode_rle(frame: bytes, shape: tuple[int, int, int], bytes_per_sample: int) -> Pixels:
    """Decode a frame.

    Args:
        frame: Header of offsets, then the segments: for each sample its bytes, most significant first (G.2).
        shape: Rows, columns and samples of the image.
        bytes_per_sample: 1 or 2.

    Returns:
        Unsigned values `(rows, columns, samples)`.

    Raises:
        ValueError: The number of segments does not fit the image, or one of them is cut off.
    """
    rows, columns, samples = shape
    count, *offsets = _HEADER.unpack_from(frame)
    if count != samples * bytes_per_sample:
        raise ValueError("wrong number of segments")
    ends = [*offsets[1:count], len(frame)]
    planes = [_segment(frame[start:end], rows * columns) for start, end in zip(offsets[:count], ends, strict=True)]
    stacked = np.stack(planes).reshape(samples, bytes_per_sample, rows * columns)
    values = np.zeros((samples, rows * columns), f"u{bytes_per_sample}")
    for place in range(bytes_per_sample):
        values |= stacked[:, place].astype(values.dtype) << (8 * (bytes_per_sample - 1 - place))
    return values.T.reshape(shape)


def _segment(data: bytes, size: int) -> Pixels:
    """Decode the PackBits of one segment (G.3) up to `size` bytes."""
    decoded, position, end = bytearray(), 0, len(data)
    while len(decoded) < size:
        if position >= end:
            raise ValueError("segment is cut off")
        head = data[position]
        if head > 128:
            decoded += data[position + 1 : position + 2] * (257 - head)
            position += 2
        else:
            decoded += data[position + 1 : position + 2 + head] if head < 128 else b""
            position += 2 + head if head < 128 else 1
    return np.frombuffer(decoded, np.uint8, size)
