from __future__ import annotations

import pytest

from openboneage.errors import InputError
from openboneage.report.phrases import phrases_of
from openboneage.report.plain_text import default_template, to_plain_text
from tests.report.reports import decided, examined, png_report, report_of

EN, DE = phrases_of("en"), phrases_of("de")


def test_text_names_child_age_findings_and_signature() -> None:
    lines = to_plain_text(report_of(decided("accepted", comment="Clear.")), EN).decode().splitlines()
    assert lines[:2] == ["Bone age report (accepted)", "Children's Hospital"]
    assert "Patient: Müller, Åsa" in lines
    assert "Patient ID: ID-77-4711" in lines
    assert "Born: 2010-03-15" in lines
    assert any(line.startswith("Bone age, Greulich-Pyle: ") for line in lines)
    assert "Accepted by Dr. Zoë Reader, 2026-11-21 23:40 UTC" in lines
    assert "Comment: Clear." in lines
    assert lines[-1] == "Research use only, not a medical device."


def test_text_in_german() -> None:
    text = to_plain_text(report_of(None, examined(pixels="noise")), DE).decode()
    assert "Knochenalter nach Greulich-Pyle: Nicht bestimmt" in text
    assert "abgelehnt: Radius oder Fingergrundgelenke wurden nicht gefunden." in text or "keine Hand" in text
    assert text.rstrip().endswith("kein Medizinprodukt.")


def test_both_ages_stand_in_the_text_where_the_sex_is_unknown() -> None:
    text = to_plain_text(png_report("unknown"), EN).decode()
    assert "Bone age if a girl, Greulich-Pyle: " in text
    assert "Bone age if a boy, Greulich-Pyle: " in text
    assert "Difference, girl: " in text


def test_an_edited_and_a_rejected_estimate_are_still_named() -> None:
    for decision in (decided("edited", bone_age_months=130.0), decided("rejected", comment="Turned.")):
        assert "Program's estimate: " in to_plain_text(report_of(decision), EN).decode()


def test_a_site_has_its_own_template() -> None:
    template = "{{ sheet.headlines[0].text }}|{{ report.version }}|{{ say.title }}\n"
    text = to_plain_text(report_of(decided("edited", bone_age_months=130.0)), EN, template).decode()
    assert text == "10 y 10 m|1|Bone age report\n"


@pytest.mark.parametrize("template", ["{{ sheet.nothing }}", "{% if %}", "{{ 1 + '' }}", "{{ ''.__class__.mro() }}"])
def test_a_wrong_template_is_an_input_error(template: str) -> None:
    with pytest.raises(InputError, match="template"):
        to_plain_text(report_of(), EN, template)


def test_control_characters_are_escaped() -> None:
    text = to_plain_text(report_of(), EN, default_template() + "a\x1b[31mb\x07")
    assert text.endswith(b"a\\x1b[31mb\\x07\n")
