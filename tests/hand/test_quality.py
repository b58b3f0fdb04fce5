from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from openboneage.evaluate.shape_changes import half_mirrored, median_filtered, stretched
from openboneage.findings import Finding, Severity
from openboneage.hand import geometry
from openboneage.hand.fingers import Finger
from openboneage.hand.locate import locate_hand
from openboneage.hand.measures import measure
from openboneage.hand.quality import Verdict, judge, verdict_of
from openboneage.hand.quality_limits import QualityLimits
from openboneage.hand.standard_hand import StandardHand
from openboneage.reading.radiograph import Radiograph
from openboneage.subject import Laterality
from tests import hands
from tests.hand.drawn_hands import area, drawn
from tests.tiny_rsna import LANDMARKS

NONE = QualityLimits(
    no_hand=1,
    two_hands=1,
    second_hand=1,
    hand_area=99,
    mirror_reject=1,
    mirror_warn=1,
    landmark_reject=0,
    landmark_warn=0,
    small_reject=0,
    small_warn=0,
    cut_reject=99,
    cut_warn=99,
    fingers_reject=0,
    fingers_warn=0,
    narrow_warn=0,
    wide_warn=99,
    wrist_reject=-99,
    wrist_doubtful=-99,
    outline_reject=0,
    outline_warn=0,
    fine_px=0,
    fine_warn=0,
    contrast_warn=0,
    window_cut=1,
    white_reject=1,
    white_warn=1,
    black_warn=1,
    detail_reject=0,
    detail_warn=0,
)
"""QualityLimits that nothing breaks."""


def judged(pixels: np.ndarray) -> tuple[Verdict, set[str]]:
    """Verdict and codes of a film."""
    report = judge(hands.hand_on(pixels), hands.shipped().limits)
    return report.verdict, {finding.code for finding in report.findings}


@pytest.mark.parametrize("name", hands.NAMES)
@pytest.mark.parametrize("height_px", [640, 160])
def test_good_films_are_accepted_without_findings(name: str, height_px: int) -> None:
    report = judge(hands.hand_on(hands.film(name, height_px)), hands.shipped().limits)
    assert (report.verdict, report.findings) == (Verdict.ACCEPT, ())


@pytest.mark.parametrize("kind", hands.NOT_HANDS)
@pytest.mark.parametrize("size_px", [(320, 256), (33, 900), (64, 64)], ids=str)
def test_images_without_a_hand_are_refused(kind: str, size_px: tuple[int, int]) -> None:
    assert judged(hands.not_hand(kind, size_px))[0] is Verdict.REJECT


@pytest.mark.parametrize("name", hands.NAMES)
@pytest.mark.parametrize("other", ["itself", "another"])
def test_two_hands_are_refused(name: str, other: str) -> None:
    right = hands.mirrored(hands.film(name if other == "itself" else "7041"))
    verdict, codes = judged(hands.side_by_side(hands.film(name), right))
    assert verdict is Verdict.REJECT
    assert "several-hands" in codes


CUTS: list[tuple[dict[str, float], set[str]]] = [
    ({"top": 0.25}, {"fingers-at-edge", "hand-cut-off"}),
    ({"left": 0.35}, {"fingers-at-edge", "hand-touches-edge", "hand-cut-off"}),
    ({"right": 0.35}, {"fingers-at-edge", "hand-touches-edge", "hand-cut-off"}),
    ({"bottom": 0.5}, {"landmarks-missing", "hand-unclear", "not-a-hand", "several-hands", "wrist-near-edge", "hand-cut-off"}),
]


@pytest.mark.parametrize("name", hands.NAMES)
@pytest.mark.parametrize(("cut", "expected"), CUTS, ids=["fingertips", "little finger", "thumb", "wrist"])
def test_cut_hand_is_refused_or_flagged(name: str, cut: dict[str, float], expected: set[str]) -> None:
    verdict, codes = judged(hands.without(hands.film(name), **cut))
    assert verdict is not Verdict.ACCEPT
    assert codes & expected


@pytest.mark.parametrize("name", hands.NAMES)
@pytest.mark.parametrize("above", [0.06, 0.1, 0.15])
def test_film_that_ends_above_the_wrist_is_refused(name: str, above: float) -> None:
    radius_y = LANDMARKS[name][0][1]
    assert judged(hands.without(hands.film(name), bottom=1 - radius_y + above))[0] is Verdict.REJECT


@pytest.mark.parametrize("name", hands.NAMES)
@pytest.mark.parametrize("top", [0.4, 0.45])
def test_film_without_fingers_is_refused_or_flagged(name: str, top: float) -> None:
    assert judged(hands.without(hands.film(name), top=top))[0] is not Verdict.ACCEPT


def at_scale(name: str, pixels_per_unit: float) -> np.ndarray:
    """An example film with that many pixels from wrist to knuckle."""
    return hands.film(name, round(640 * pixels_per_unit / hands.examined(name).hand.pixels_per_unit))


@pytest.mark.parametrize("name", hands.NAMES)
def test_too_coarse_a_film_is_flagged_then_refused(name: str) -> None:
    assert "hand-small" in judged(at_scale(name, 26))[1]
    verdict, codes = judged(at_scale(name, 18))
    assert verdict is Verdict.REJECT
    assert "hand-too-small" in codes


@pytest.mark.parametrize("name", hands.NAMES)
def test_two_hands_one_above_the_other_are_refused(name: str) -> None:
    film = hands.film(name)
    assert judged(np.vstack([film, film]))[0] is Verdict.REJECT


@pytest.mark.parametrize("name", hands.NAMES)
@pytest.mark.parametrize("left", [True, False])
def test_half_a_hand_and_its_mirror_image_is_refused(name: str, left: bool) -> None:
    verdict, codes = judged(half_mirrored(hands.film(name), left))
    assert verdict is Verdict.REJECT
    assert codes & {"hand-symmetric", "not-a-hand", "landmarks-missing"}


@pytest.mark.parametrize("name", hands.NAMES)
def test_a_filtered_film_lacks_fine_structures(name: str) -> None:
    film = hands.film(name, 900)
    assert "fine-structure-missing" not in judged(film)[1]
    assert "fine-structure-missing" in judged(median_filtered(film, 0.025))[1]


@pytest.mark.parametrize(("across", "down"), [(1.5, 1.0), (1.0, 1.6)])
def test_a_stretched_hand_has_unusual_proportions(across: float, down: float) -> None:
    codes = [judged(stretched(hands.film(name), across, down))[1] for name in hands.NAMES]
    assert sum("proportions-unusual" in each for each in codes) >= 4


@pytest.mark.parametrize("name", hands.NAMES)
def test_fingers_cut_off_are_named(name: str) -> None:
    hand = hands.examined(name).hand
    row = round(float(geometry.move(np.array([[0.0, -0.55]]), geometry.inverse(hand.film_to_frame))[0, 1]))
    report = judge(hands.hand_on(np.ascontiguousarray(hands.film(name)[row:])), hands.shipped().limits)
    assert set(report.measures.fingers_at_edge) >= {Finger.INDEX, Finger.MIDDLE, Finger.RING}
    assert Finger.THUMB not in report.measures.fingers_at_edge
    (message,) = (finding.message for finding in report.findings if finding.code == "fingers-at-edge")
    assert message.startswith("The film's edge cuts off or touches: ")
    assert "middle finger" in message


def test_covered_fingers_look_short() -> None:
    film, hand = hands.film("7043").copy(), hands.examined("7043").hand
    row = round(float(geometry.move(np.array([[0.0, -0.35]]), geometry.inverse(hand.film_to_frame))[0, 1]))
    film[:row] = film.min()
    assert judged(film)[1] & {"fingers-short", "fingers-missing"}


def test_exposure_is_flagged_and_accepted() -> None:
    film = hands.film("7043").astype(int)
    dark = judged((film // 32).astype(np.uint8))
    assert "low-contrast" in dark[1]
    assert dark[0] is Verdict.ACCEPT_WITH_FINDINGS


BROKEN = [
    ({"no_hand": -1.0}, "not-a-hand", Severity.REJECT),
    ({"two_hands": -1.0}, "several-hands", Severity.REJECT),
    ({"second_hand": -1.0}, "several-hands", Severity.REJECT),
    ({"hand_area": 0.0}, "hand-unclear", Severity.REJECT),
    ({"mirror_reject": -1.0}, "hand-symmetric", Severity.REJECT),
    ({"mirror_warn": -1.0}, "symmetry-doubtful", Severity.WARNING),
    ({"fingers_reject": 99.0}, "fingers-missing", Severity.REJECT),
    ({"fingers_warn": 99.0}, "fingers-short", Severity.WARNING),
    ({"narrow_warn": 99.0}, "proportions-unusual", Severity.WARNING),
    ({"wide_warn": 0.0}, "proportions-unusual", Severity.WARNING),
    ({"fine_warn": 99.0}, "fine-structure-missing", Severity.WARNING),
    ({"landmark_reject": 2.0}, "landmarks-missing", Severity.REJECT),
    ({"landmark_warn": 2.0}, "landmarks-doubtful", Severity.WARNING),
    ({"small_reject": 1e9}, "hand-too-small", Severity.REJECT),
    ({"small_warn": 1e9}, "hand-small", Severity.WARNING),
    ({"cut_reject": -1.0}, "hand-cut-off", Severity.REJECT),
    ({"cut_warn": -1.0}, "hand-touches-edge", Severity.WARNING),
    ({"wrist_reject": 99.0}, "wrist-near-edge", Severity.REJECT),
    ({"outline_reject": 2.0}, "outline-missing", Severity.REJECT),
    ({"outline_warn": 2.0}, "outline-doubtful", Severity.WARNING),
    ({"contrast_warn": 256.0}, "low-contrast", Severity.WARNING),
    ({"white_reject": -1.0}, "saturated", Severity.REJECT),
    ({"white_warn": -1.0}, "overexposed", Severity.WARNING),
    ({"black_warn": -1.0}, "underexposed", Severity.WARNING),
    ({"detail_warn": 2.0, "detail_reject": 2.0}, "detail-missing", Severity.REJECT),
    ({"detail_warn": 2.0}, "detail-doubtful", Severity.WARNING),
]


@pytest.mark.parametrize(("limit", "code", "severity"), BROKEN, ids=[code for _, code, _ in BROKEN])
def test_each_limit_has_its_finding(limit: dict[str, float], code: str, severity: Severity) -> None:
    report = judge(hands.examined().hand, dataclasses.replace(NONE, **limit))
    assert [(finding.code, finding.severity) for finding in report.findings] == [(code, severity)]
    assert report.verdict is (Verdict.REJECT if severity is Severity.REJECT else Verdict.ACCEPT_WITH_FINDINGS)


LEAST = 1e-12
"""As little as a limit is passed by."""
BORDERS = [
    ("no_hand", "no_hand", -LEAST),
    ("two_hands", "two_hands", -LEAST),
    ("second_hand", "second_hand", -LEAST),
    ("hand_area", "hand_area", -LEAST),
    ("mirror_reject", "mirror_likeness", -LEAST),
    ("mirror_warn", "mirror_likeness", -LEAST),
    ("fingers_reject", "finger_units", LEAST),
    ("fingers_warn", "finger_units", LEAST),
    ("narrow_warn", "width_units", LEAST),
    ("wide_warn", "width_units", -LEAST),
    ("fine_warn", "fine_ratio", LEAST),
    ("landmark_reject", "landmark", LEAST),
    ("landmark_warn", "landmark", LEAST),
    ("small_reject", "pixels_per_unit", LEAST),
    ("small_warn", "pixels_per_unit", LEAST),
    ("cut_reject", "cut_units", -LEAST),
    ("cut_warn", "cut_units", -LEAST),
    ("wrist_reject", "wrist_units", LEAST),
    ("outline_reject", "outline_share", LEAST),
    ("outline_warn", "outline_share", LEAST),
    ("contrast_warn", "contrast", LEAST),
    ("white_reject", "white_share", -LEAST),
    ("white_warn", "white_share", -LEAST),
    ("black_warn", "black_share", -LEAST),
    ("detail_warn", "detail_share", LEAST),
]


@pytest.mark.parametrize(("limit", "measured", "beyond"), BORDERS, ids=[limit for limit, _, _ in BORDERS])
def test_a_measure_at_its_limit_is_accepted_and_one_beyond_it_is_not(limit: str, measured: str, beyond: float) -> None:
    hand = half_lit()
    value = getattr(measure(hand), measured)
    step = beyond * max(value, 1)
    assert judge(hand, dataclasses.replace(NONE, **{limit: value})).findings == ()
    assert judge(hand, dataclasses.replace(NONE, **{limit: value + step})).findings != ()


def half_lit() -> StandardHand:
    """A hand of 95 px a unit, 10 % of it white and 20 % black, brighter than its surroundings on one side alone."""
    film = np.full((256, 192), 255)
    film[:, :60], film[:, 60:116], film[:, 116:132] = 0, 100, 0
    hand = drawn(film, area(slice(0, 256), slice(60, 140)))
    detection = dataclasses.replace(hand.detection, hand_count=np.array([0.25, 0.5, 0.25]))
    return dataclasses.replace(hand, detection=detection, landmark_scores=np.array([0.5, 0.75, 0.9, 0.9]))


MESSAGES: list[tuple[dict[str, float], str]] = [
    ({"no_hand": 0.2}, "No hand was found on this image (probability of none 0.25)."),
    ({"two_hands": 0.2}, "The film seems to show more than one hand. Crop it to one hand."),
    (
        {"hand_area": 0},
        "More of the film looks like a hand than was found: several hands, or a bent one. Use a film of one flat hand.",
    ),
    ({"mirror_reject": -1}, "The film shows half a hand and its mirror image. Use the original film."),
    ({"mirror_warn": -1}, "Parts of the hand look like mirror images of others. Check the film."),
    (
        {"landmark_reject": 0.8},
        "Not found: distal radius, knuckle of the thumb. Is the whole hand with its wrist on the film, and clearly seen?",
    ),
    ({"landmark_warn": 0.6}, "Found with low certainty: distal radius. Check the outline on the figure."),
    ({"small_reject": 120}, "The hand is too small: 95 px from wrist to knuckle, at least 120 are needed."),
    ({"small_warn": 120}, "The hand is small: 95 px from wrist to knuckle."),
    ({"cut_reject": -1}, "A large part of the hand lies outside the film."),
    ({"cut_warn": -1}, "The hand reaches the film's edge; a part of it may be cut off."),
    ({"fingers_reject": 99}, "The fingers are mostly not visible. Use a film of the whole hand, uncovered."),
    ({"fingers_warn": 99}, "The fingers look short. Are they cut off, covered or bent?"),
    (
        {"narrow_warn": 99},
        "The palm is unusually narrow for its length. Is the film stretched, or the hand turned on its side?",
    ),
    ({"wide_warn": 0}, "The palm is unusually wide for its length. Is the film stretched, or the hand turned on its side?"),
    (
        {"wrist_reject": 1},
        "The film ends at the wrist or close to it: the distal radius and some of its shaft must be in view.",
    ),
    (
        {"outline_reject": 2},
        "No clear hand outline: along 50% of it the hand is no brighter than the background. "
        "Is the whole hand on the film, with its soft tissue visible?",
    ),
    ({"outline_warn": 2}, "Along 50% of the outline the hand is no brighter than the background. Check it on the figure."),
    ({"fine_warn": 99}, "Fine structures are missing: the film was filtered, enlarged or out of focus. Use the original film."),
    ({"contrast_warn": 256}, "The hand spans only 255 of 255 grey levels."),
    ({"white_reject": 0.05}, "The hand is saturated: 10% of it is white. Export the film with less contrast."),
    ({"white_warn": 0.05}, "10% of the hand is at full white."),
    ({"black_warn": 0.05}, "20% of the hand is at full black."),
    ({"detail_warn": 2}, "Bone detail is seen in only 39% of the hand. Check the film."),
    (
        {"detail_warn": 2, "detail_reject": 2},
        "Bone detail is seen in only 39% of the hand. Export the original film, with less contrast and without filters.",
    ),
]


@pytest.mark.parametrize(("limit", "message"), MESSAGES, ids=[next(iter(limit)) for limit, _ in MESSAGES])
def test_a_finding_states_the_measure(limit: dict[str, float], message: str) -> None:
    (finding,) = judge(half_lit(), dataclasses.replace(NONE, **limit)).findings
    assert finding.message == message


def test_a_wrist_nearer_the_edge_is_believed_where_the_landmarks_are_sure() -> None:
    doubtful = dataclasses.replace(NONE, wrist_doubtful=99.0)
    assert judge(hands.examined().hand, doubtful).verdict is Verdict.ACCEPT
    report = judge(hands.examined().hand, dataclasses.replace(doubtful, landmark_warn=2.0))
    assert [finding.code for finding in report.findings] == ["landmarks-doubtful", "wrist-near-edge"]
    assert judge(half_lit(), dataclasses.replace(doubtful, landmark_warn=0.5)).findings == (), "0.5 is the lowest score"


def test_fine_structures_are_asked_of_fine_films_alone() -> None:
    coarse = dataclasses.replace(NONE, fine_warn=99.0, fine_px=half_lit().pixels_per_unit)
    assert [finding.code for finding in judge(half_lit(), coarse).findings] == ["fine-structure-missing"]
    assert judge(half_lit(), dataclasses.replace(coarse, fine_px=96.0)).findings == ()


def test_every_limit_is_tested() -> None:
    tested = {name for limit, _, _ in BROKEN for name in limit}
    assert tested | {"wrist_doubtful", "fine_px", "window_cut"} == {field.name for field in dataclasses.fields(QualityLimits)}


@pytest.mark.parametrize(
    ("severities", "verdict"),
    [
        ([], Verdict.ACCEPT),
        (["note"], Verdict.ACCEPT),
        (["note", "warning"], Verdict.ACCEPT_WITH_FINDINGS),
        (["reject", "warning"], Verdict.REJECT),
    ],
)
def test_gravest_finding_decides(severities: list[str], verdict: Verdict) -> None:
    assert verdict_of(Finding("a", Severity(severity), "b") for severity in severities) is verdict


def test_findings_of_the_reader_come_first() -> None:
    film = hands.film().copy()
    noted = Finding("sex-missing", Severity.NOTE, "The sex is missing.")
    radiograph = Radiograph(film, film, "a", "0" * 64, "DICOM", 8, findings=(noted,))
    assert judge(locate_hand(radiograph, hands.shipped().finder), hands.shipped().limits).findings == (noted,)


@pytest.mark.parametrize(
    ("side", "mirror", "codes"),
    [
        (Laterality.UNKNOWN, False, set()),
        (Laterality.LEFT, False, set()),
        (Laterality.RIGHT, True, {"mirrored"}),
        (Laterality.UNKNOWN, True, {"mirrored"}),
        (Laterality.RIGHT, False, {"side-contradicts-image"}),
        (Laterality.LEFT, True, {"side-contradicts-image"}),
    ],
)
def test_side_of_the_file_is_held_against_the_image(side: Laterality, mirror: bool, codes: set[str]) -> None:
    film = hands.mirrored(hands.film()) if mirror else hands.film().copy()
    radiograph = Radiograph(film, film, "a", "0" * 64, "DICOM", 8, laterality=side)
    report = judge(locate_hand(radiograph, hands.shipped().finder), hands.shipped().limits)
    assert {finding.code for finding in report.findings} == codes


def test_changes_of_the_hand_are_notes_and_contradictions_warnings() -> None:
    right = dataclasses.replace(half_lit(), mirrored=True, laterality=Laterality.RIGHT, inverted=True)
    mirrored = "The hand looks like a right hand (thumb on the left); it was mirrored, since the standards show left hands."
    assert judge(right, NONE).findings == (
        Finding("mirrored", Severity.NOTE, mirrored),
        Finding("inverted", Severity.NOTE, "The film showed dark bones; its brightness was inverted."),
    )
    contradicted = dataclasses.replace(half_lit(), laterality=Laterality.RIGHT)
    message = "The file states a right hand, the image shows a left hand or a mirrored film."
    assert judge(contradicted, NONE).findings == (Finding("side-contradicts-image", Severity.WARNING, message),)


def test_inversion_is_noted_and_changes_no_verdict() -> None:
    assert judged(hands.inverted(hands.film())) == (Verdict.ACCEPT, {"inverted"})
