"""The hand and its bones as a DICOM segmentation (PS3.3 A.51) on the film's own pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from highdicom import AlgorithmIdentificationSequence
from highdicom.seg import SegmentAlgorithmTypeValues, Segmentation, SegmentationTypeValues, SegmentDescription
from highdicom.sr import CodedConcept
from numpy.typing import NDArray
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from openboneage.bones.names import CARPALS
from openboneage.bones.outlines import BoneOutline
from openboneage.errors import RefusedError
from openboneage.hand.quality import located
from openboneage.hand.standard_hand import StandardHand
from openboneage.report.dicom import codes as own
from openboneage.report.dicom.instance import NewInstance, film_of, finished, origin_of, uid_of
from openboneage.report.phrases import phrases_of
from openboneage.report.report import Report

NUMBER, DESCRIPTION = 9002, "Hand segmentation"
HAND_FINDER, BONE_FINDER = "hand-finder", "bone-finder"


@dataclass(frozen=True, eq=False)
class Segment:
    """One segment.

    Attributes:
        label: Name for people.
        kind: What it is.
        mask: Its pixels, `(rows, columns)` bool, of the film as it was assessed.
        finder: Name of the model that found it.
    """

    label: str
    kind: Code
    mask: NDArray[np.bool_]
    finder: str = HAND_FINDER


def to_segmentation(report: Report) -> bytes:
    """The hand, and where they were found its epiphyses and carpal bones, as a DICOM file.

    Raises:
        InputError: The film is no DICOM object, or does not state what the segmentation must refer to.
        RefusedError: No hand was located on the film.
    """
    hand = _hand(report.examination.hand)
    if not located(report.assessment.findings) or not hand.mask.any():
        raise RefusedError("No hand was located on this film, so there is nothing to segment; leave the format seg out.")
    return write_segments(report, [hand, *_bones(report)])


def write_segments(report: Report, segments: Sequence[Segment]) -> bytes:
    """Segments of the film as a DICOM file; they may overlap."""
    film, origin = film_of(report), origin_of(report)
    size = origin.columns, origin.rows
    planes = [cv2.resize(segment.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) for segment in segments]
    image = Segmentation(
        source_images=[film],
        pixel_array=np.stack(planes, axis=-1)[np.newaxis],
        segmentation_type=SegmentationTypeValues.BINARY,
        segment_descriptions=[_description(report, number, each) for number, each in enumerate(segments, start=1)],
        content_label="BONE_AGE",
        content_description=DESCRIPTION,
        **NewInstance.of(report, NUMBER, DESCRIPTION).arguments(report),
    )
    image.PatientOrientation = None  # not known from a radiograph; the attribute is of type 2C
    dimensions = uid_of(report, DESCRIPTION, "dimensions")  # highdicom's is random
    for item in (*image.DimensionOrganizationSequence, *image.DimensionIndexSequence):
        item.DimensionOrganizationUID = dimensions
    return finished(image, report)


def _hand(hand: StandardHand) -> Segment:
    """The hand within the analysed area."""
    return Segment("Hand", own.HAND, hand.mask_on_film)


def _bones(report: Report) -> Iterator[Segment]:
    """Each outlined bone with its name; carpal bones without a name are one segment."""
    bones, names = report.examination.bones, phrases_of().bone_names
    if bones is None:
        return
    outlines, shape = bones.seen.outlines, report.examination.hand.film.shape
    for name, outline in outlines.bones.items():
        label = names.get(name, name.capitalize() if name in CARPALS else name.upper())
        yield Segment(label, own.site_of(name), _filled([outline], shape), BONE_FINDER)
    if outlines.unidentified:
        yield Segment("Other carpal bones", own.HAND, _filled(outlines.unidentified, shape), BONE_FINDER)


def _filled(outlines: Sequence[BoneOutline], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    mask = np.zeros(shape[:2], np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [np.rint((outline.polygon_px - 0.5) * 16).astype(np.int32)], 1, shift=4)
    return mask.astype(bool)


def _description(report: Report, number: int, segment: Segment) -> SegmentDescription:
    finder = next(model for model in report.assessment.models if model.name == segment.finder)
    algorithm = AlgorithmIdentificationSequence(
        name=finder.name, family=codes.DCM.ArtificialIntelligence, version=finder.version, parameters={"sha256": finder.sha256}
    )
    side = own.SIDES.get(report.assessment.pose.laterality)
    description = SegmentDescription(
        segment_number=number,
        segment_label=segment.label,
        segmented_property_category=own.ANATOMICAL_STRUCTURE,
        segmented_property_type=segment.kind,
        algorithm_type=SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=algorithm,
        tracking_uid=uid_of(report, "segment", segment.label),
        tracking_id=segment.label,
    )
    if side is not None:
        description.SegmentedPropertyTypeCodeSequence[0].SegmentedPropertyTypeModifierCodeSequence = [
            CodedConcept.from_code(side)
        ]
    return description
