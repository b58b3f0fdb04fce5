"""Which instances count as films for bone age: rules on the attributes of the header.

Defined terms: modality PS3.3 C.7.3.1.1.1; body part PS3.16 annex L; view position PS3.3 C.8.7.1.1.1. Descriptions are free
text, in the language of the site: add its words in the settings.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from openboneage.node.header import Header
from openboneage.report.dicom.instance import MODEL

Words = tuple[str, ...]


class Rules(BaseModel):
    """Rules for instances; words are compared without regard to case, as parts of the text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modalities: Words = Field(default=("CR", "DX", "DR", "RG"), description="Modalities of films; DR is used by some devices.")
    body_parts: Words = Field(
        default=("HAND", "WRIST", "CARP", "BONEAGE", "BONE AGE"), description="Words in Body Part Examined, where it is stated."
    )
    descriptions: Words = Field(
        default=("HAND", "WRIST", "CARP", "BONE AGE", "BONEAGE", "KNOCHENALTER", "MANO", "MUÑECA", "EDAD OSEA", "EDAD ÓSEA"),
        description="Words in the description of the study, the series or the protocol, where the body part is not stated.",
    )
    views: Words = Field(default=("AP", "PA"), description="View Position, where it is stated.")
    accept_unstated: bool = Field(
        default=True, description="Count an instance of such a modality that states neither body part nor description."
    )


@dataclass(frozen=True)
class Admission:
    """Whether an instance counts.

    Attributes:
        reason: Why it does not; empty if it does. It quotes nothing from the file.
    """

    reason: str = ""

    @property
    def counts(self) -> bool:
        """Whether the instance is to be assessed."""
        return not self.reason


def admit(header: Header, rules: Rules) -> Admission:
    """Decide whether an instance is a film for bone age."""
    if header.model.lower() == MODEL:
        return Admission("it was made by this program")
    if not header.is_image:
        return Admission("it is no image")
    if header.modality.upper() not in rules.modalities:
        return Admission(f"its modality is none of {', '.join(rules.modalities)}")
    if header.view_position and header.view_position.upper() not in rules.views:
        return Admission(f"its view is none of {', '.join(rules.views)}")
    return _admit_region(header, rules)


def _admit_region(header: Header, rules: Rules) -> Admission:
    if header.body_part:
        found = _has_word(header.body_part, rules.body_parts)
        return Admission("" if found else "its body part is not the hand")
    stated = " ".join(header.descriptions)
    if stated.strip():
        found = _has_word(stated, rules.descriptions)
        return Admission("" if found else "its body part is not stated, and its descriptions do not name the hand")
    return Admission("" if rules.accept_unstated else "it states neither body part nor description")


def _has_word(text: str, words: Words) -> bool:
    upper = text.upper()
    return any(word.upper() in upper for word in words)
