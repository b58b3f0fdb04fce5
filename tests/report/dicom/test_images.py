"""Segmentation, secondary capture and encapsulated PDF, read back from bytes."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from highdicom.seg import segread
from PIL import Image

from openboneage.report.dicom import codes as own
from openboneage.report.dicom.segmentation import Segment, write_segments
from openboneage.report.figure import draw_figure
from openboneage.report.pdf.page import to_pdf
from openboneage.report.phrases import phrases_of
from tests.report.dicom.checked import read_back, written
from tests.report.reports import decided, dicom_film, examined, report_of
from tests.toy_model import toy_assessor

EN = phrases_of()


def test_the_segmentation_is_the_outlined_hand_on_the_film_s_pixels() -> None:
    report = report_of()
    segmentation = segread(BytesIO(written(report, "seg")))
    hand = report.examination.hand
    mask = segmentation.pixel_array
    assert mask.shape == hand.film.shape
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(drawn, [np.rint(hand.outline_film[0] - 0.5).astype(np.int32)], 1)
    assert 2 * (mask & drawn).sum() / (mask.sum() + drawn.sum()) > 0.97
    (segment,) = segmentation.SegmentSequence
    assert (segment.SegmentLabel, segment.SegmentAlgorithmType) == ("Hand", "AUTOMATIC")
    assert segment.SegmentationAlgorithmIdentificationSequence[0].AlgorithmName == "hand-finder"
    source = segmentation.SharedFunctionalGroupsSequence or segmentation.PerFrameFunctionalGroupsSequence
    assert report.assessment.film.sop_instance_uid is not None
    assert report.assessment.film.sop_instance_uid in str(segmentation)
    assert source


def test_the_segmentation_has_the_size_of_the_stored_image() -> None:
    report = report_of(None, examined(PixelSpacing=(0.6, 0.5)))
    origin = report.origin
    assert origin is not None
    found = read_back(report, "seg")
    assert (found.Rows, found.Columns) == (origin.rows, origin.columns) != report.examination.hand.film.shape


def test_several_segments_may_overlap() -> None:
    report = report_of()
    left, right = np.zeros((2, *report.examination.hand.film.shape), bool)
    left[:, :200], right[:, 100:] = True, True
    segments = [Segment("Left", own.HAND, left), Segment("Right", own.HAND, right)]
    found = segread(BytesIO(write_segments(report, segments)))
    assert [each.SegmentLabel for each in found.SegmentSequence] == ["Left", "Right"]
    assert [int(frame.sum()) for frame in found.pixel_array] == [int(left.sum()), int(right.sum())]


def test_the_secondary_capture_is_the_figure() -> None:
    report = report_of(decided("accepted"))
    found = read_back(report, "sc")
    with Image.open(BytesIO(draw_figure(report, EN, signature=True))) as figure:
        assert np.array_equal(found.pixel_array, np.asarray(figure.convert("RGB")))
    assert (found.BurnedInAnnotation, found.ConversionType) == ("YES", "DI")
    assert found.SourceImageSequence[0].ReferencedSOPInstanceUID == report.assessment.film.sop_instance_uid


def test_the_secondary_capture_states_the_side_of_the_file_alone() -> None:
    assert read_back(report_of(), "sc")["Laterality"].is_empty
    assert read_back(report_of(None, examined(ImageLaterality="L")), "sc").Laterality == "L"


def test_the_encapsulated_pdf_is_the_page() -> None:
    report = report_of(decided("edited", bone_age_months=130.0))
    found = read_back(report, "dicom-pdf", "de")
    pdf = to_pdf(report, phrases_of("de"))
    assert found.EncapsulatedDocument[: found.EncapsulatedDocumentLength] == pdf
    assert found.DocumentTitle == "Befund Knochenalter"
    assert found.VerificationFlag == "VERIFIED"
    assert read_back(report_of(), "dicom-pdf").VerificationFlag == "UNVERIFIED"
    assert found.SourceInstanceSequence[0].ReferencedSOPInstanceUID == report.assessment.film.sop_instance_uid


def test_a_segmentation_made_of_a_film_can_be_made_of_bytes_again() -> None:
    """The film is assessed twice, as after a restart; only the times of the assessment differ."""
    first, second = (report_of(None, toy_assessor().examine(dicom_film())) for _ in range(2))
    masks = [read_back(each, "seg").pixel_array for each in (first, second)]
    assert np.array_equal(masks[0], masks[1])
