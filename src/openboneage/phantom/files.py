"""Write synthetic films: PNG, DICOM, annotations in COCO's format, and a table of their truth."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

from openboneage.bones.names import RUS
from openboneage.errors import InputError
from openboneage.phantom.coco import annotate, categories
from openboneage.phantom.film import SyntheticFilm, render
from openboneage.phantom.parameters import Parameters
from openboneage.phantom.truth import truth_of
from openboneage.subject import Sex

PNG, DICOM, COCO, TABLE = "png", "dicom", "coco.json", "films.csv"
COLUMNS = (
    "path", "seed", "sex", "age_months", "bone_age_months", "spacing_mm",
    "tw3_score", "tw3_age_months", "rus_chn_score", "rus_chn_age_months",
    *(f"tw3_{bone}" for bone in RUS), *(f"rus_chn_{bone}" for bone in RUS),
)  # fmt: skip


def write_films(drawn: Iterable[tuple[int, Parameters]], folder: Path) -> None:
    """Render films and write them into a new folder.

    Args:
        drawn: Seed and parameters of each film.
        folder: Folder to make: `png/`, `dicom/`, `coco.json`, `films.csv`.

    Raises:
        InputError: The folder contains something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty; name a new folder.")
    for name in (PNG, DICOM):
        (folder / name).mkdir(parents=True)
    images: list[dict[str, Any]] = []
    with (folder / COCO).open("w", encoding="utf-8") as coco, (folder / TABLE).open("w", newline="", encoding="utf-8") as table:
        rows = csv.DictWriter(table, COLUMNS)
        rows.writeheader()
        coco.write('{"annotations": [')
        count = 0
        for number, (seed, parameters) in enumerate(drawn, start=1):
            film = render(parameters)
            name = f"{seed:06d}"
            _write_png(film, folder / PNG / f"{name}.png")
            _write_dicom(film, seed, folder / DICOM / f"{name}.dcm")
            rows.writerow(_row(film, seed, f"{PNG}/{name}.png"))
            found = annotate(film, number, count + 1)
            coco.write(("," if count else "") + json.dumps(found, separators=(",", ":"))[1:-1])
            count += len(found)
            height, width = film.pixels.shape
            images.append({"id": number, "file_name": f"{PNG}/{name}.png", "height": height, "width": width})
        coco.write('], "images": ' + json.dumps(images) + ', "categories": ' + json.dumps(categories()) + "}\n")


def _row(film: SyntheticFilm, seed: int, path: str) -> dict[str, object]:
    child, truth = film.parameters.child, truth_of(film.parameters.child)
    return {
        "path": path,
        "seed": seed,
        "sex": child.sex.value,
        "age_months": round(child.age_months, 2),
        "bone_age_months": round(child.bone_age_months, 2),
        "spacing_mm": round(film.parameters.spacing_mm, 4),
        "tw3_score": truth.tw3.score,
        "tw3_age_months": truth.tw3.age.age_months,
        "rus_chn_score": truth.rus_chn.score,
        "rus_chn_age_months": truth.rus_chn.age.age_months,
        **{f"tw3_{bone}": stage for bone, stage in truth.tw3_stages.items()},
        **{f"rus_chn_{bone}": level for bone, level in truth.rus_chn_levels.items()},
    }


def _write_png(film: SyntheticFilm, path: Path) -> None:
    _, encoded = cv2.imencode(".png", film.pixels)
    path.write_bytes(encoded.tobytes())


def _write_dicom(film: SyntheticFilm, seed: int, path: Path) -> None:
    """Write a computed radiograph that says that it is synthetic."""
    child, height_px = film.parameters.child, film.pixels.shape[0]
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["openboneage phantom", str(seed), str(height_px)])
    dataset = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = (
        generate_uid(entropy_srcs=["openboneage phantom", level, str(seed), str(height_px)]) for level in ("study", "series")
    )
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.Modality, dataset.BodyPartExamined = "CR", "HAND"
    dataset.PatientName, dataset.PatientID = "SYNTHETIC^HAND", f"PHANTOM-{seed:06d}"
    dataset.PatientSex = "M" if child.sex is Sex.MALE else "F"
    dataset.PatientAge = f"{int(child.age_months):03d}M"
    dataset.ImageLaterality = "R" if film.parameters.view.mirrored else "L"
    dataset.ImageComments = "Synthetic film made by boneage phantom; no patient."
    dataset.PixelSpacing = dataset.ImagerPixelSpacing = [f"{film.parameters.spacing_mm:.6f}"] * 2
    dataset.Rows, dataset.Columns = film.pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 8, 8, 7, 0
    pixels = film.pixels.tobytes()
    dataset.PixelData = pixels + b"\0" * (len(pixels) % 2)
    dataset.save_as(path, enforce_file_format=True)
