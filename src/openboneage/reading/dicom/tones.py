"""Modality LUT, VOI LUT and palette of a DICOM image, as tables over all stored values (PS3.3 C.7.6.3.1.5, C.11.1, C.11.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from openboneage.errors import UnreadableError
from openboneage.findings import Finding, Severity
from openboneage.reading import display
from openboneage.reading.dicom.elements import Tags
from openboneage.reading.display import Pixels, Table, Values

_ABOVE_ZERO = 1e-6
# VOI LUT Function, PS3.3 C.11.2.1.3: the windowing function, and its smallest defined width.
_WINDOWS: dict[str, tuple[Callable[[Values, float, float], NDArray[np.uint8]], float]] = {
    "LINEAR": (display.window_linear, 1.0),
    "LINEAR_EXACT": (display.window_linear_exact, _ABOVE_ZERO),
    "SIGMOID": (display.window_sigmoid, _ABOVE_ZERO),
}


@dataclass(frozen=True)
class Tones:
    """An image after its grey-scale transforms.

    Attributes:
        pixels: Modality values at full depth, `(rows, columns)`.
        display: Displayed brightness, `(rows, columns)` uint8.
        findings: Findings on the transforms.
    """

    pixels: Table
    display: NDArray[np.uint8]
    findings: tuple[Finding, ...] = ()


def grey_tones(stored: Pixels, tags: Tags, photometric: str) -> Tones:
    """Apply the modality and VOI transforms to stored monochrome values.

    The first of several windows is used, as in viewers. A VOI LUT has priority over a window. With neither, or if the result
    had no contrast, the robust range of the stored pixels is displayed, without those of Pixel Padding Value.
    """
    findings: list[Finding] = []
    levels = display.levels_of(stored)
    values = _modality_values(tags, levels, findings)
    pixels = stored if values is None else display.through_table(stored, _compact(values))
    values = levels.astype(np.float64) if values is None else values
    counts = np.where(_is_padding(tags, levels), 0, display.histogram(stored))
    shown = _voi_table(tags, values, findings)
    if shown is None or _loses_contrast(shown, values, counts, findings):
        shown = display.stretch(values, *display.robust_range(values, counts))
    if photometric == "MONOCHROME1":
        shown = np.invert(shown)
    return Tones(pixels, display.through_table(stored, shown), tuple(findings))


def palette_tones(stored: Pixels, tags: Tags) -> Tones:
    """Apply a palette; `pixels` is the luminance at the palette's depth (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6).

    Segmented palettes are refused: radiographs do not need them, and a small one can expand without limit.
    """
    planes = [
        _table(tags, f"{colour}PaletteColorLookupTableDescriptor", f"{colour}PaletteColorLookupTableData")
        for colour in ("Red", "Green", "Blue")
    ]
    if any(plane is None for plane in planes):
        raise UnreadableError("Expected a palette of three lookup tables, got none that can be used; export the film in grey.")
    levels = display.levels_of(stored).astype(np.float64)
    colours = np.stack([display.lookup(levels, *plane[:2]) for plane in planes if plane is not None], axis=-1)
    bits = max(plane[2] for plane in planes if plane is not None)
    depth = np.uint8 if bits <= 8 else np.uint16
    grey = display.luminance(colours[np.newaxis].astype(depth))[0]
    pixels = display.through_table(stored, grey)
    return Tones(pixels, display.show_unwindowed(pixels))


def _modality_values(tags: Tags, levels: Pixels, findings: list[Finding]) -> Values | None:
    """Compute the modality value of each stored value (PS3.3 C.11.1); None if they are equal."""
    item = tags.item("ModalityLUTSequence")
    if item is not None:
        table = _table(item, "LUTDescriptor", "LUTData", signed=levels.dtype.kind == "i")
        if table is not None:
            return display.lookup(levels.astype(np.float64), *table[:2])
        findings.append(_warning("modality-lut-invalid", "The Modality LUT is invalid; stored values are used."))
    slope = (tags.numbers("RescaleSlope") or [1.0])[0]
    intercept = (tags.numbers("RescaleIntercept") or [0.0])[0]
    if slope == 0 or max(abs(slope), abs(intercept)) > 1e9:
        findings.append(_warning("rescale-invalid", "Rescale Slope or Intercept is impossible; stored values are used."))
        return None
    return None if (slope, intercept) == (1, 0) else levels.astype(np.float64) * slope + intercept


def _compact(values: Values) -> Table:
    """Convert whole numbers to the smallest sufficient integer type, others to float32."""
    if np.any(values != np.rint(values)):
        return values.astype(np.float32)
    low, high = values.min(), values.max()
    for kind in (np.uint8, np.uint16, np.int16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return values.astype(kind)
    return values.astype(np.float32)


def _is_padding(tags: Tags, levels: Pixels) -> NDArray[np.bool_]:
    """Mark the stored values that are padding (PS3.3 C.7.5.1.1.2)."""
    padding = tags.integer("PixelPaddingValue")
    if padding is None:
        return np.zeros(levels.shape, np.bool_)
    limit = tags.integer("PixelPaddingRangeLimit")
    low, high = sorted((padding, padding if limit is None else limit))
    return np.asarray((levels >= low) & (levels <= high))


def _voi_table(tags: Tags, values: Values, findings: list[Finding]) -> NDArray[np.uint8] | None:
    """Compute the brightness of each modality value by VOI LUT or window (PS3.3 C.11.2); None if there is neither."""
    item = tags.item("VOILUTSequence")
    if item is not None:
        table = _table(item, "LUTDescriptor", "LUTData", signed=bool(values.min() < 0))
        if table is not None:
            first, entries, bits = table
            return display.stretch(display.lookup(values, first, entries), 0, 2**bits - 1)
        findings.append(_warning("voi-lut-invalid", "The VOI LUT is invalid; it was ignored."))
    centers, widths = tags.numbers("WindowCenter"), tags.numbers("WindowWidth")
    if not centers or not widths:
        return None
    function = tags.code("VOILUTFunction", tuple(_WINDOWS)) or "LINEAR"
    window, smallest_width = _WINDOWS[function]
    if widths[0] < smallest_width:
        findings.append(_warning("window-invalid", f"The {function} window has an impossible width; it was ignored."))
        return None
    return window(values, centers[0], widths[0])


def _loses_contrast(shown: NDArray[np.uint8], values: Values, counts: NDArray[np.float32], findings: list[Finding]) -> bool:
    """Return whether a film with contrast would be displayed without any."""
    occurs = counts > 0
    if not occurs.any() or np.ptp(shown[occurs]) > 0 or np.ptp(values[occurs]) == 0:
        return False
    findings.append(_warning("window-empty", "The window lies outside all pixel values; their own range is displayed."))
    return True


def _table(tags: Tags, descriptor: str, data: str, *, signed: bool = False) -> tuple[int, Pixels, int] | None:
    """Read a lookup table (PS3.3 C.11.1.1.1): first value mapped, entries, bits of an entry; None where it cannot be used."""
    numbers, raw = tags.numbers(descriptor), tags.value(data)
    if len(numbers) != 3:
        return None
    length, first, bits = int(numbers[0]) & 0xFFFF or 65536, int(numbers[1]), int(numbers[2])
    if signed and first > 32767:  # US where SS was meant
        first -= 65536
    if isinstance(raw, bytes):
        one_byte_each = len(raw) in (length, length + 1)
        words = np.frombuffer(raw, np.uint8) if one_byte_each else np.frombuffer(raw[: len(raw) // 2 * 2], tags.word_type)
        entries = words[:length]
    else:
        entries = np.asarray(tags.numbers(data))
    if entries.shape != (length,) or not 8 <= bits <= 16:
        return None
    entries = entries.astype(np.int64) & 0xFFFF
    if bits == 8 and entries.max() > 255:  # 8 bit entries kept in the upper byte of each word
        entries = entries >> 8
    return first, np.minimum(entries, 2**bits - 1).astype(np.uint16), bits


def _warning(code: str, message: str) -> Finding:
    return Finding(code, Severity.WARNING, message)
