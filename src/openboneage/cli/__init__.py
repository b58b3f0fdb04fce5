"""The command `boneage`: parses, calls the library, prints. One module a command."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from itertools import pairwise
from typing import Annotated

import typer

from openboneage.cli.output import fail, out
from openboneage.errors import BoneAgeError, InputError
from openboneage.version import program_version

COMMANDS = (
    *("assess", "report", "score", "height", "growth", "plates", "models", "phantom"),
    *("serve", "node", "deidentify", "remove"),
)
GROUPS = ("evaluate", "train", "data", "study")


def application(*names: str) -> typer.Typer:
    """The command line with some of its commands; without names, with all.

    Importing the modules of all commands takes 50 ms more than importing that of one.
    """
    app = typer.Typer(
        help="Bone age from a child's hand radiograph. Research use only, not a medical device.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_boneage)
    for name in names or (*COMMANDS, *GROUPS):
        command = getattr(import_module(f"openboneage.cli.{name}"), name)
        if name in GROUPS:
            app.add_typer(command, name=name)
        else:
            app.command()(command)
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"boneage {program_version()}")
        raise typer.Exit


def _boneage(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Bone age from a child's hand radiograph. Research use only, not a medical device."""


def _check_words(words: list[str]) -> None:
    """Refuse empty text, which scripts pass when a variable is not set: as a path it would mean the working folder.

    Raises:
        InputError: An argument or the value of an option is empty.
    """
    for before, word in pairwise(["boneage", *words]):
        option, equals, value = word.partition("=")
        if not word or (option.startswith("--") and equals and not value):
            raise InputError(f"Expected a value after {option or before}, got empty text.")


def main() -> None:
    """Run the command line; an error of this program is printed as one sentence and sets the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the terminal may not be able to show a file's name
    try:
        words = sys.argv[1:]
        _check_words(words)
        application(*(word for word in words[:1] if word in COMMANDS + GROUPS))()
    except BoneAgeError as error:
        sys.exit(fail(error))
    except FileNotFoundError as error:
        sys.exit(fail(InputError(f"There is no file or folder {error.filename}.")))
    except PermissionError as error:
        sys.exit(fail(InputError(f"No permission to read or write {error.filename}.")))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        sys.exit(fail(InputError(f"{error.filename or 'A file'} cannot be used: {error.strerror}.")))
