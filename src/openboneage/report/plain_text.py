"""The report as plain text, by the template of this package or a site's own (Jinja2)."""

from __future__ import annotations

from importlib.resources import files

from openboneage.errors import InputError
from openboneage.report.phrases import Phrases
from openboneage.report.report import Report
from openboneage.report.sheet import sheet_of
from openboneage.report.text import printable


def default_template() -> str:
    """The template of this package; a site may start its own from it."""
    return files("openboneage.report").joinpath("templates", "report.txt").read_text(encoding="utf-8")


def to_plain_text(report: Report, say: Phrases, template: str | None = None) -> bytes:
    """The report as text in UTF-8, without control characters.

    Args:
        report: The report.
        say: The words of its language.
        template: A Jinja2 template; it gets `sheet` (a `Sheet`), `say` (the `Phrases`) and `report` (the `Report`).

    Raises:
        InputError: The template is invalid, or uses what does not exist.
    """
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    try:
        made = environment.from_string(default_template() if template is None else template)
        text = made.render(sheet=sheet_of(report, say), say=say, report=report)
    except TemplateError as error:
        raise InputError(f"Expected a valid Jinja2 template of a report, got an error in it: {error.message}") from None
    except Exception as error:  # expressions of a template may raise anything, and quote the patient's data
        raise InputError(f"Expected a template that can be filled in, got {type(error).__name__} from an expression.") from None
    return "".join(f"{printable(line)}\n" for line in text.splitlines()).encode()
