"""Synthetic films: small arrays with known values, and files made of them with real encoders."""

from __future__ import annotations

import io
import struct
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image
from pydicom import config
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

SECRET_NAME = "Zwicky^Fritz"
SECRET_ID = "ID-77-4711"


def ramp_image(bits: int = 12, *, signed: bool = False, shape: tuple[int, int] = (40, 48)) -> np.ndarray:
    """Every pixel different where the depth allows it, from the lowest to the highest value."""
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    kind = f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}"
    return np.linspace(low, high, shape[0] * shape[1]).round().astype(kind).reshape(shape)


def _read_only(image: np.ndarray) -> np.ndarray:
    image.setflags(write=False)
    return image


GREY = _read_only(ramp_image(8))
DEEP = _read_only(ramp_image(12))


def pillow_file(image: np.ndarray | Image.Image, kind: str, **options: Any) -> bytes:
    """Encode with Pillow."""
    stream = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(stream, kind, **options)
    return stream.getvalue()


def film_dataset(pixels: np.ndarray, *, bits: int = 12, syntax: UID = ExplicitVRLittleEndian, **tags: Any) -> Dataset:
    """A computed radiograph of a child; `tags` replace attributes by keyword, None removes one."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = ComputedRadiographyImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid(entropy_srcs=["film"])
    dataset.PatientName, dataset.PatientID, dataset.Modality = SECRET_NAME, SECRET_ID, "CR"
    dataset.PatientSex, dataset.PatientBirthDate, dataset.StudyDate = "F", "20100315", "20190615"
    dataset.BodyPartExamined, dataset.PixelSpacing = "HAND", [1.0, 1.0]
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = (3, "RGB") if pixels.ndim == 3 else (1, "MONOCHROME2")
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8 * pixels.dtype.itemsize, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    dataset.add_new("PixelData", "OW", pixels.tobytes() + b"\0" * (pixels.nbytes % 2))
    for keyword, value in tags.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    return dataset


def file_of(dataset: Dataset) -> bytes:
    """Write a dataset as it is, sound or not."""
    stream = io.BytesIO()
    with config.disable_value_validation():
        dataset.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def pydicom_file(name: str) -> str:
    """Path of a test file that pydicom brings."""
    return str(get_testdata_file(name))


def film_file(pixels: np.ndarray, **options: Any) -> bytes:
    """`film_dataset` as the bytes of a file."""
    with config.disable_value_validation():
        return file_of(film_dataset(pixels, **options))


def compressed_file(pixels: np.ndarray, syntax: UID, frame: bytes | None = None, **options: Any) -> bytes:
    """A film with compressed pixels: a frame made elsewhere, or one encoded here without loss."""
    dataset = film_dataset(pixels, **options)
    if frame is None and syntax == RLELossless:
        dataset.compress(syntax, generate_instance_uid=False)
        return file_of(dataset)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([frame or lossless_frame(pixels, syntax, dataset.BitsStored)])
    dataset["PixelData"].is_undefined_length = True
    return file_of(dataset)


def lossless_frame(pixels: np.ndarray, syntax: UID, bits: int) -> bytes:
    """Encode grey pixels as JPEG-LS or JPEG 2000, or unsigned ones as High-Throughput JPEG 2000."""
    if syntax == JPEGLSLossless:
        return bytes(imagecodecs.jpegls_encode(pixels.view(f"u{pixels.itemsize}") & (2**bits - 1)))
    if syntax == HTJ2KLossless:
        return bytes(imagecodecs.htj2k_encode(pixels, reversible=True))
    return bytes(imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="J2K", reversible=True, bitspersample=bits))


def jpeg_lossless_frame(pixels: np.ndarray, bits: int) -> bytes:
    """Encode as JPEG process 14, selection value 1 (ITU-T T.81 annex H), every Huffman code five bits long."""
    height, width = pixels.shape
    stored = pixels.astype(int)
    predicted = np.empty_like(stored)
    predicted[:, 1:], predicted[1:, 0], predicted[0, 0] = stored[:, :-1], stored[:-1, 0], 1 << (bits - 1)
    code = ""
    for difference in ((stored - predicted + 32768) % 65536 - 32768).ravel().tolist():
        category = abs(difference).bit_length()
        extra = difference if difference > 0 else difference + (1 << category) - 1
        code += f"{category:05b}" + (f"{extra:0{category}b}" if 0 < category < 16 else "")
    code += "1" * (-len(code) % 8)
    scan = int(code, 2).to_bytes(len(code) // 8, "big").replace(b"\xff", b"\xff\x00")
    frame = struct.pack(">HHBHHBBBB", 0xFFC3, 11, bits, height, width, 1, 1, 0x11, 0)
    tables = struct.pack(">HHB", 0xFFC4, 36, 0) + bytes([0, 0, 0, 0, 17] + [0] * 11) + bytes(range(17))
    return b"\xff\xd8" + frame + tables + struct.pack(">HHBBBBBB", 0xFFDA, 8, 1, 1, 0, 1, 0, 0) + scan + b"\xff\xd9"
