"""Films to measure on, made of the six example films."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

from openboneage.datasets.images import decode_grey

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
LARGEST = EXAMPLES / "7041.png"
WIDTH_PX, HEIGHT_PX, BITS = 2000, 2500, 12


def write_dicom(path: Path) -> Path:
    """Write a computed radiograph of 2,000 x 2,500 px at 12 bits, uncompressed: an example enlarged, with a little noise."""
    film = cv2.resize(decode_grey(LARGEST.read_bytes(), LARGEST.name), (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC)
    noise = np.random.default_rng(1).normal(0, 12, film.shape)
    pixels = np.clip(film * 16.0 + noise, 0, 2**BITS - 1).astype(np.uint16)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["benchmark"])
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.Modality, dataset.BodyPartExamined, dataset.PatientSex = "CR", "HAND", "M"
    dataset.PatientBirthDate, dataset.StudyDate = "20050101", "20190101"
    dataset.PixelSpacing = dataset.ImagerPixelSpacing = [0.1, 0.1]
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, BITS, BITS - 1, 0
    dataset.WindowCenter, dataset.WindowWidth = 2048, 4096
    dataset.PixelData = pixels.tobytes()
    dataset.save_as(path, enforce_file_format=True)
    return path


def fill_folder(folder: Path, sources: list[Path], count: int) -> Path:
    """Fill a folder with that many films: the sources in turn, linked where the disk can link."""
    folder.mkdir(parents=True)
    for i in range(count):
        source = sources[i % len(sources)]
        target = folder / f"film-{i:04d}{source.suffix}"
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
    return folder
