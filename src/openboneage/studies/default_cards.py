"""Content of the cards of the default run, before measurement."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import torch

from openboneage.bones.finder_card import BONE_FINDER
from openboneage.bones.maps import BOX_CHANNELS, CELL_PX, CLASSES
from openboneage.bones.names import JOINTS, RUS
from openboneage.bones.onset import level_counts
from openboneage.bones.stager_card import BONE_STAGER, MONTHS, SEXES
from openboneage.bones.stager_card import UNCALIBRATED as UNCALIBRATED_STAGER
from openboneage.datasets.film_set import FilmSet, trainable
from openboneage.datasets.splits import SPLIT_SALT
from openboneage.evaluate.calibration import UNCALIBRATED
from openboneage.hand.finder import HEAD_OUTPUTS, MAP_CHANNELS, THUMBNAIL_CHANNELS, THUMBNAIL_PX
from openboneage.hand.finder_card import HAND_FINDER
from openboneage.studies.bone_finder import BoneFinderStudy
from openboneage.studies.bone_stager import SHARES, BoneStagerStudy
from openboneage.studies.hand_finder import FinderStudy
from openboneage.studies.material import Material
from openboneage.studies.whole_hand import WholeHandStudy
from openboneage.weights.card import read_card
from openboneage.weights.registry import ModelSet

COMMAND = "boneage train default"
WHOLE_HAND = "whole-hand"
"""Role of the age model."""
ROLES = (HAND_FINDER.name, WHOLE_HAND)
"""The models that a set must have."""
RSNA_NAME = "RSNA 2017"
RSNA_LICENCE = {
    "name": "CC BY-NC 4.0",
    "link": "https://creativecommons.org/licenses/by-nc/4.0/",
    "data": "https://www.rsna.org/education/ai-resources-and-training/ai-image-challenge/RSNA-Pediatric-Bone-Age-Challenge-2017",
    "citation": (
        "Halabi SS, Prevedello LM, Kalpathy-Cramer J, et al. The RSNA Pediatric Bone Age Machine Learning Challenge. "
        "Radiology 2018; 290(2):498-503."
    ),
}
BACKBONE = "MobileNetV2 1.0 of Keras, pretrained on ImageNet, quantised after training (Apache-2.0)"
SMOKE = "smoke"
"""Key of a card's training section: whether the model comes from a smoke run."""
SMOKE_TASK = "Smoke run, not for use: "


def finder_card(material: Material, study: FinderStudy, smoke: bool) -> dict[str, Any]:
    """The card of the hand finder."""
    return {
        "name": HAND_FINDER.name,
        "task": (SMOKE_TASK if smoke else "") + "Finds the hand on a film: mask, four landmarks, number of hands, polarity.",
        "preprocessing": {"thumbnail_px": THUMBNAIL_PX, "channels": list(THUMBNAIL_CHANNELS)},
        "output": {"maps": list(MAP_CHANNELS), "head": list(HEAD_OUTPUTS), "unit": "logits"},
        "calibration": read_card(ModelSet.find().card(HAND_FINDER.name)).calibration,  # until limits are set with this finder
        "training": {
            "data": f"{data_of(material.films)}; outlines (minhnt33/gr-bone-age, MIT); boxes (Koitka et al. 2018, MIT); "
            "MedNIST chest, CT and MR slices (CC BY-SA 4.0)",
            "stages": [asdict(study.schedule)],
            **_provenance(study.batch_size, smoke),
        },
        "licence": licence_of(material.films),
    }


def bone_finder_card(material: Material, study: BoneFinderStudy, smoke: bool) -> dict[str, Any]:
    """The card of the bone finder."""
    return {
        "name": BONE_FINDER.name,
        "task": (SMOKE_TASK if smoke else "")
        + "Finds joints and outlines epiphyses and carpal bones in a picture of the hand.",
        "preprocessing": asdict(study.spec),
        "output": {
            "cell_px": CELL_PX,
            "classes": list(CLASSES),
            "joints": list(JOINTS),
            "boxes": list(BOX_CHANNELS),
            "unit": "logits",
        },
        "calibration": {"joint_score": 0.1, "bone_score": 0.5},
        "training": {
            "data": f"{data_of(material.films)}; drawn joints and bones (Deng et al. 2023); boxes (Koitka et al. 2018, MIT)",
            "variation": asdict(study.variation),
            "loss": asdict(study.loss),
            "growth": study.growth,
            "stages": [asdict(study.schedule)],
            **_provenance(study.batch_size, smoke),
        },
        "licence": licence_of(material.films),
    }


def bone_stager_card(material: Material, study: BoneStagerStudy, smoke: bool) -> dict[str, Any]:
    """The card of the bone stager, not yet calibrated."""
    return {
        "name": BONE_STAGER.name,
        "task": (SMOKE_TASK if smoke else "") + "Gives RUS-CHN levels and an age for each of 13 bones, each from its own crop.",
        "preprocessing": asdict(study.spec),
        "output": {
            "bones": list(RUS),
            "level_counts": list(level_counts()),
            "sexes": list(SEXES),
            "first_month": MONTHS[0],
            "last_month": MONTHS[-1],
            "step_months": MONTHS[1],
            "unit": "logits",
        },
        "calibration": asdict(UNCALIBRATED_STAGER),
        "training": {
            "data": f"{data_of(material.films)}, single readings; levels of {study.synthetic} synthetic hands and from "
            "measures of drawn epiphyses (Deng et al. 2023); nobody staged a film",
            "shares": {str(source): share for source, share in SHARES.items()},
            "synthetic": {"films_px": study.synthetic_px, "bone_spread": study.bone_spread},
            "variation": asdict(study.variation),
            "loss": asdict(study.loss),
            "stages": [asdict(study.schedule)],
            **_provenance(study.batch_size, smoke),
        },
        "licence": licence_of(material.films),
    }


def whole_hand_card(material: Material, study: WholeHandStudy, smoke: bool) -> dict[str, Any]:
    """The card of the whole-hand model, not yet calibrated."""
    starts = {"random weights": study.schedule, **({BACKBONE: study.pretrained_schedule} if material.backbone else {})}
    return {
        "name": WHOLE_HAND,
        "task": (SMOKE_TASK if smoke else "")
        + "Gives bone age on the Greulich-Pyle scale as a distribution over months, for a girl and for a boy.",
        "preprocessing": asdict(study.spec),
        "output": {"sexes": ["female", "male"], "months": [0, 228], "unit": "logits", "members": len(starts)},
        "calibration": asdict(UNCALIBRATED),
        "training": {
            "data": f"{data_of(material.films)}; single readings",
            "variation": asdict(study.variation),
            "loss": asdict(study.loss),
            "growth": study.growth,
            "networks": [{"start": start, "schedule": asdict(schedule)} for start, schedule in starts.items()],
            **_provenance(study.batch_size, smoke),
        },
        "licence": licence_of(material.films),
    }


def data_of(films: FilmSet) -> str:
    """The training films, for a card."""
    return f"{len(trainable(films))} training films of {films.name} ({films.layout})"


def licence_of(films: FilmSet) -> dict[str, str]:
    """Licence of weights that were trained on a film set."""
    return RSNA_LICENCE if films.name == RSNA_NAME else {"name": f"not stated: trained on {films.name}, whose terms apply"}


def _provenance(batch_size: int, smoke: bool) -> Mapping[str, Any]:
    return {
        "split": f"as the data set says, else sha256('{SPLIT_SALT}:<patient or film>'): 80 % train, 10 % validation "
        "(calibration), 10 % held out; the RSNA films kept for the check at full size in none",
        "command": COMMAND,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "batch_size": batch_size,
        "torch": torch.__version__,
        SMOKE: smoke,
    }
