"""Decoders of compressed frames: libjpeg-turbo, CharLS and OpenJPEG, all from imagecodecs, as a plugin of pydicom.

Other installed decoders are not used, so that a film has the same pixels on every machine. The interface is
that of https://pydicom.github.io/pydicom/stable/guides/decoding/decoder_plugins.html.
"""

from __future__ import annotations

import imagecodecs
from pydicom.pixels.common import PhotometricInterpretation
from pydicom.pixels.decoders.base import Decoder, DecodeRunner
from pydicom.uid import UID, JPEG2000TransferSyntaxes, JPEGLSTransferSyntaxes, JPEGTransferSyntaxes

DECODER_DEPENDENCIES = dict.fromkeys(
    (*JPEGTransferSyntaxes, *JPEGLSTransferSyntaxes, *JPEG2000TransferSyntaxes), ("imagecodecs",)
)


def is_available(uid: str) -> bool:
    """Return whether frames of this transfer syntax can be decoded."""
    return uid in DECODER_DEPENDENCIES


def decoder_of(syntax: UID) -> Decoder:
    """Make a pydicom decoder for an encapsulated transfer syntax, without changing the decoders that other code uses."""
    decoder = Decoder(syntax)
    decoder.add_plugin("imagecodecs", (__name__, "decode_frame"))
    return decoder


def decode_frame(frame: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame to samples by pixel, each with the number of bytes that the frame's precision needs."""
    if runner.transfer_syntax in JPEGTransferSyntaxes:
        # With one colour space for input and output nothing is converted.
        space = "YCBCR" if runner.samples_per_pixel == 3 else None
        samples = imagecodecs.jpeg8_decode(frame, colorspace=space, outcolorspace=space)
    elif runner.transfer_syntax in JPEGLSTransferSyntaxes:
        samples = imagecodecs.jpegls_decode(frame)
    else:
        samples = imagecodecs.jpeg2k_decode(frame)
        if runner.photometric_interpretation in (PhotometricInterpretation.YBR_ICT, PhotometricInterpretation.YBR_RCT):
            runner.set_option("photometric_interpretation", PhotometricInterpretation.RGB)
    runner.set_option("bits_allocated", 8 * samples.itemsize)
    runner.set_option("planar_configuration", 0)
    return bytes(samples.tobytes())
