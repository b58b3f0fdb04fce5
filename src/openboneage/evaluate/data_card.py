"""The data card of a set of films: how many, of which age, sex and race, and the histograms of the papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from openboneage.datasets.cohort import Chosen
from openboneage.datasets.film_set import Film, FilmSet
from openboneage.datasets.splits import Split
from openboneage.evaluate import plots
from openboneage.evaluate.groups import SEX_GROUPS
from openboneage.evaluate.page import Page, Picture, Section, Table, picture
from openboneage.evaluate.years import LAST_YEAR, completed_years
from openboneage.subject import MONTHS_PER_YEAR, Sex

PAN_BAR_MONTHS = 6.0
"""Width of a bar of the histograms after Pan et al. 2020, Figure 5; the paper does not state it."""
GROUPS = {"all": tuple(Sex), **{name: (sex,) for sex, name in SEX_GROUPS.items()}}


def data_card(source: FilmSet, chosen: Chosen) -> Page:
    """Count the films of a cohort and draw their histograms.

    Args:
        source: The data set.
        chosen: Its films in the cohort, and the reasons of the others.
    """
    labelled = [film for film in chosen.films if film.bone_age_months is not None]
    sexes = Counter(film.sex for film in chosen.films)
    return Page(
        f"Data card: {source.name}",
        f"Films: {len(chosen.films):,}. Recognised: {source.layout}.",
        (
            (f"{len(chosen.films):,}", "films"),
            *((f"{sexes[sex]:,}", name) for sex, name in SEX_GROUPS.items() if sexes[sex]),
            (f"{len(labelled):,}", "with a bone age"),
            (f"{sum(film.second_reading_months is not None for film in chosen.films):,}", "read twice"),
        ),
        tuple(_sections(chosen, labelled)),
    )


def _sections(chosen: Chosen, labelled: Sequence[Film]) -> Iterator[Section]:
    yield Section("Films", tables=(_splits(chosen.films), *_excluded(chosen)))
    if labelled:
        yield Section("Bone age", tables=(_statistics(labelled), _years(labelled)), pictures=tuple(_histograms(labelled)))
    yield from _races(chosen.films)


def _histograms(films: Sequence[Film]) -> Iterator[Picture]:
    by_year = plots.histogram_of_ages(films, MONTHS_PER_YEAR, by_sex=True)
    yield picture(by_year, "Films by completed year", "Girls and boys side by side, as in Lee et al. 2017, Figure 2.")
    for name, members in GROUPS.items():
        if chosen := [film for film in films if film.sex in members]:
            drawn = plots.histogram_of_ages(chosen, PAN_BAR_MONTHS, by_sex=False)
            yield picture(drawn, f"Films by half year: {name}", "As in Pan et al. 2020, Figure 5.")


def _splits(films: Sequence[Film]) -> Table:
    sexes = [sex for sex in SEX_GROUPS if any(film.sex is sex for film in films)]
    rows = [
        [str(split), *(f"{sum(film.split is split and film.sex is sex for film in films):,}" for sex in sexes)]
        for split in Split
        if any(film.split is split for film in films)
    ]
    patients = {film.patient for film in films if film.patient}
    note = f"Children with a key: {len(patients):,}." if patients else ""
    return Table(("split", *(SEX_GROUPS[sex] for sex in sexes)), rows, "By split and sex", note)


def _excluded(chosen: Chosen) -> Iterator[Table]:
    if chosen.excluded:
        rows = [[reason, f"{count:,}"] for reason, count in chosen.excluded.most_common()]
        yield Table(("reason", "films"), rows, "Not in the cohort")


def _statistics(films: Sequence[Film]) -> Table:
    rows = []
    for name, members in GROUPS.items():
        months = np.array([film.label_months for film in films if film.sex in members])
        if len(months):
            quartiles = np.quantile(months, (0, 0.25, 0.5, 0.75, 1))
            rows.append(
                [name, f"{len(months):,}", f"{months.mean():.1f}", f"{months.std():.1f}", *(f"{q:g}" for q in quartiles)]
            )
    header = ("films", "n", "mean", "SD", "least", "25 %", "median", "75 %", "most")
    return Table(header, rows, "Bone age as read, in months")


def _years(films: Sequence[Film]) -> Table:
    years = completed_years(np.array([film.label_months for film in films]))
    sexes = [sex for sex in SEX_GROUPS if any(film.sex is sex for film in films)]
    of_sex = {sex: years[[film.sex is sex for film in films]] for sex in sexes}
    rows = [
        [str(year), *(f"{(of_sex[sex] == year).sum():,}" for sex in sexes)]
        for year in range(LAST_YEAR + 1)
        if (years == year).any()
    ]
    return Table(("completed years", *(SEX_GROUPS[sex] for sex in sexes)), rows, "By completed year, 18 at most")


def _races(films: Sequence[Film]) -> Iterator[Section]:
    """Films by age, race and sex, as in Spampinato et al. 2017, Table 2."""
    races = sorted({film.race for film in films if film.race})
    if not races:
        return
    ages = [film.age_months if film.age_months is not None else film.bone_age_months for film in films]
    known = [(film, int(months // MONTHS_PER_YEAR)) for film, months in zip(films, ages, strict=True) if months is not None]
    counts = Counter((year, film.race, film.sex) for film, year in known)
    groups = [(race, sex) for race in races for sex in (Sex.FEMALE, Sex.MALE)]
    rows = [[str(year), *(f"{counts[year, *group]:,}" for group in groups)] for year in sorted({year for _, year in known})]
    header = ("age", *(f"{race}, {SEX_GROUPS[sex]}" for race, sex in groups))
    note = "Chronological age in completed years; the bone age where it is not known. As Spampinato et al. 2017, Table 2."
    yield Section("Race", tables=(Table(header, rows, "By age, race and sex", note),))
