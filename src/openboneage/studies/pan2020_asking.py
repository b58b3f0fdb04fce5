"""Active learning of Pan 2020 on a folder of films, with a person who outlines hands in a program of her choice.

Each call reads the outlines that there are, trains the committee on them, and says which films to outline next, with the
committee's masks as a start. The first call asks for films in a fixed order, since nothing can be trained yet.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from openboneage.datasets.drawing_files import read_drawings, write_coco
from openboneage.datasets.drawings import Drawing, drawing_of_mask
from openboneage.datasets.splits import asking_order
from openboneage.errors import BoneAgeError, InputError
from openboneage.learn.active import DrawnOracle, outlined_films, prepared, similarity
from openboneage.learn.hardware import Hardware
from openboneage.learn.loop import Task, fit
from openboneage.learn.mask_batches import MaskBatches, MaskFilm, hand_probability, largest_filled, pixel_loss
from openboneage.learn.networks.unet import UNet
from openboneage.reading.read import read
from openboneage.studies.pan2020_segmentation import PanStudy
from openboneage.whole_file import written_whole

QUEUE, PROPOSALS = "queue.csv", "proposals.json"
FIRST_REASON = "nothing is outlined yet: films in a fixed order"


@dataclass(frozen=True)
class Asked:
    """A film to outline.

    Attributes:
        file: Its file.
        reason: Why it is asked for.
    """

    file: Path
    reason: str


@dataclass(frozen=True)
class Asking:
    """A folder of films and what was outlined.

    Attributes:
        films: Folder of films; files that are not readable as films are left out.
        outlines: File of the outlines so far (VIA, COCO, or as Supervisely has them); None before the first.
        run: Folder of the run: networks, queue and proposals.
        steps: Length of each training, instead of that of the epochs.
        hardware: Where networks are trained.
    """

    films: Path
    outlines: Path | None
    run: Path
    steps: int | None = None
    hardware: Hardware | None = None

    def next(self, study: PanStudy, count: int) -> list[Asked]:
        """Train on what was outlined, and write the queue of films to outline next, with proposals.

        Args:
            study: Settings; its first size of committees counts.
            count: Films to ask for.

        Raises:
            InputError: There is no film in the folder, or every film is outlined.
        """
        files = self._files()
        drawn = read_drawings(self.outlines, self.films) if self.outlines else {}
        unknown = {name: path for name, path in files.items() if name not in drawn}
        if not unknown:
            raise InputError(f"Expected films without an outline in {self.films}, found none: all {len(files)} are outlined.")
        self.run.mkdir(parents=True, exist_ok=True)
        asked = self._chosen(study, {name: drawn[name] for name in drawn if name in files}, files, unknown, count)
        with written_whole(self.run / QUEUE) as part, part.open("w", newline="", encoding="utf-8") as table:
            csv.writer(table).writerows([("file", "reason"), *((each.file.name, each.reason) for each in asked)])
        return asked

    def _files(self) -> dict[str, Path]:
        files = {}
        for path in sorted(self.films.iterdir()) if self.films.is_dir() else ():
            try:
                read(path)
            except (BoneAgeError, OSError):
                continue
            files[path.stem] = path
        if not files:
            raise InputError(f"Expected films in the folder {self.films}, found none.")
        return files

    def _chosen(
        self, study: PanStudy, drawn: Mapping[str, Drawing], files: Mapping[str, Path], unknown: Mapping[str, Path], count: int
    ) -> list[Asked]:
        if len(drawn) < study.batch_size:
            return [Asked(unknown[name], FIRST_REASON) for name in asking_order(unknown)[:count]]
        committee = self._trained(study, [self._film(study, name, files[name]) for name in drawn], drawn)
        likeness = similarity(committee, [self._film(study, name, path) for name, path in unknown.items()])
        order = [list(unknown.items())[place] for place in np.argsort(likeness, kind="stable")[:count]]
        proposals = []
        for _, path in order:
            maps = hand_probability(committee, study.how, read(path).display)
            proposals.append(drawing_of_mask(path.name, largest_filled(maps.mean(axis=0) > 0.5)))
        write_coco(self.run / PROPOSALS, proposals)
        reasons = [f"similarity of the members' features {value:.3f}" for value in np.sort(likeness, kind="stable")[:count]]
        return [Asked(path, reason) for (_, path), reason in zip(order, reasons, strict=True)]

    def _film(self, study: PanStudy, name: str, path: Path) -> MaskFilm:
        return prepared(name, read(path).display, study.how)

    def _trained(self, study: PanStudy, films: Sequence[MaskFilm], drawn: Mapping[str, Drawing]) -> list[UNet]:
        known = outlined_films(films, DrawnOracle(drawn))
        steps = self.steps or max(study.last_epochs * (len(known) // study.batch_size), 2)
        committee = []
        for member in range(study.members[0]):
            schedule = replace(study.schedule.with_steps(steps), seed=member)
            batches = MaskBatches(known, study.batch_size, member)
            folder = self.run / f"{len(known)}-outlines-{batches.data_digest()[:8]}" / f"member-{member}"
            committee.append(fit(Task(partial(UNet, study.widths), batches, pixel_loss), schedule, folder, self.hardware))
        return committee  # type: ignore[return-value]
