"""`boneage report`: reports on one film."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from openboneage.assess.assessor import Assessor
from openboneage.assess.estimators.registry import DEFAULT_ESTIMATOR
from openboneage.batch.figures import FILM_ENDINGS
from openboneage.cli.options import Estimator, Models, Overwrite
from openboneage.cli.output import check_replaceable, err, out
from openboneage.clinical.visits import read_child
from openboneage.errors import InputError, RefusedError
from openboneage.explain.occlusion import AttentionMap, occlusion_map
from openboneage.hand.quality import Verdict
from openboneage.report.child_growth import growth_with
from openboneage.report.formats import FORMATS, Format, find_format
from openboneage.report.phrases import DEFAULT_LANGUAGE, Phrases, languages, phrases_of
from openboneage.report.report import Decision, Outcome, Report
from openboneage.subject import Sex, parse_age_months
from openboneage.whole_file import written_whole


def report(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="The film.")],
    folder: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for the reports.")],
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="NAME", help=f"{', '.join(each.name for each in FORMATS)}; repeat for several. Default: pdf."
        ),
    ] = None,
    sex: Annotated[str | None, typer.Option(help="F, M or unknown. Default: the sex in the file.")] = None,
    age: Annotated[str | None, typer.Option(help="Chronological age, such as 9y3m. Default: the age in the file.")] = None,
    language: Annotated[str, typer.Option(help=f"Language: {', '.join(languages())}.")] = DEFAULT_LANGUAGE,
    template: Annotated[Path | None, typer.Option(help="A Jinja2 template for --format text.")] = None,
    visits: Annotated[Path | None, typer.Option(help="The child's visits, as `boneage growth` reads them.")] = None,
    decision: Annotated[Outcome | None, typer.Option(help="The reader's decision, which signs the report.")] = None,
    reader: Annotated[str | None, typer.Option(help="Name of the reader who signs.")] = None,
    organization: Annotated[str, typer.Option(help="Organisation of the reader.")] = "",
    bone_age: Annotated[str | None, typer.Option("--bone-age", help="The reader's bone age, with --decision edited.")] = None,
    comment: Annotated[str, typer.Option(help="The reader's comment, or the reason of a rejection.")] = "",
    version: Annotated[int, typer.Option("--report-version", min=1, help="2 and more for corrections.")] = 1,
    overwrite: Overwrite = False,
    models: Models = None,
    estimator: Estimator = DEFAULT_ESTIMATOR,
) -> None:
    """Write reports on one film: FOLDER/FILM with the ending of each format.

    Exit codes: 0 reports were written, 2 invalid argument, 3 the film was refused, and the reports say so, 4 the film could not
    be read, 5 models are missing or damaged.
    """
    formats = [find_format(name) for name in dict.fromkeys(names or ["pdf"])]
    if template and "text" not in (names or ()):
        raise InputError("A template is for plain text: add --format text.")
    say, words = phrases_of(language), _template(template)
    signed = _decision(decision, reader, organization, bone_age, comment)
    name = film.stem if film.suffix.lower() in FILM_ENDINGS else film.name
    paths = {each: folder / f"{name}{each.ending}" for each in formats}
    for path in paths.values():
        check_replaceable(path, overwrite, film, template, visits)
    assessor = Assessor.load(models, estimator=estimator)
    made = Report(assessor.examine(film, sex, age), decision=signed, version=version)
    if any(each.has_map for each in formats) and made.assessment.answers:
        made = replace(made, attention=_map(made, assessor))
    if visits:
        sex_of_film = made.assessment.subject.sex
        child = read_child(visits, None if sex_of_film is Sex.UNKNOWN else sex_of_film)
        made = replace(made, growth=growth_with(child, made))
    contents = {path: _content(each, made, say, words) for each, path in paths.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        with written_whole(path) as part:
            part.write_bytes(content)
        out.print(str(path))
    if made.assessment.verdict is Verdict.REJECT:
        err.print("boneage: the film was refused; the reports name the reasons.")
        raise typer.Exit(RefusedError.exit_code)


def _template(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError("Expected a template in UTF-8, got other bytes; save it as UTF-8.") from None


def _decision(
    outcome: Outcome | None, reader: str | None, organization: str, bone_age: str | None, comment: str
) -> Decision | None:
    if outcome is None:
        if reader or organization or bone_age or comment:
            raise InputError("A reader, a comment or a reader's bone age needs --decision accepted, edited or rejected.")
        return None
    if not reader:
        raise InputError("A decision needs the name of the reader: add --reader.")
    try:
        return Decision(
            outcome=outcome,
            reader=reader,
            organization=organization,
            time=datetime.now().astimezone(),
            bone_age_months=None if bone_age is None else parse_age_months(bone_age),
            comment=comment,
        )
    except ValidationError as error:
        raise InputError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _map(made: Report, assessor: Assessor) -> AttentionMap:
    return occlusion_map(made.examination.hand, made.assessment.subject.sex, assessor.estimator)


def _content(form: Format, made: Report, say: Phrases, template: str | None) -> bytes:
    if form.name == "text" and template is not None:
        from openboneage.report.plain_text import to_plain_text

        return to_plain_text(made, say, template)
    return form.write(made, say)
