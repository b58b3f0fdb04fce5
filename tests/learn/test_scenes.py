"""Scenes: drawn once, rendered identically each time, with labels that match the picture."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import cv2
import numpy as np
import pytest
import torch

from openboneage.learn.batches import batch_at
from openboneage.learn.scenes import KIND_SHARES, Kind, Pools, Scene, SceneBatches, Source, draw_scene, render_scene

POINTS = np.array([(0.5, 0.85), (0.85, 0.5), (0.5, 0.35), (0.15, 0.5)])
HANDLESS = (Kind.NO_HAND, Kind.SHUFFLED)


def blob_film() -> np.ndarray:
    """A bright, lopsided blob on black: a hand as far as a mask is concerned."""
    film = np.zeros((100, 100), np.uint8)
    cv2.ellipse(film, (45, 55), (25, 35), 20, 0, 360, 200, -1)
    cv2.circle(film, (75, 40), 8, 200, -1)
    return film


def dotted_film() -> np.ndarray:
    """A black film with a bright dot at each landmark."""
    film = np.zeros((100, 100), np.uint8)
    for x, y in POINTS:
        film[round(y * 100) - 2 : round(y * 100) + 2, round(x * 100) - 2 : round(x * 100) + 2] = 255
    return film


def source_of(kind: Kind) -> Source:
    if kind is Kind.NO_HAND:
        return Source(np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8), 1.0)
    if kind is Kind.LANDMARKED:
        return Source(dotted_film(), 0.8, None, POINTS)
    film = blob_film()
    return Source(film, 0.8, (film > 0).astype(np.uint8) * 255 if kind is Kind.OUTLINED else None)


POOLS = Pools({kind: dict.fromkeys("abc", source_of(kind)) for kind in Kind})


def scene_of(kind: Kind, seed: int = 0) -> Scene:
    """A drawn scene of one kind."""
    rng = np.random.default_rng(seed)
    return next(scene for _ in range(1000) if (scene := draw_scene(rng, POOLS)).kind is kind)


def plain(scene: Scene) -> Scene:
    """The scene with its geometry alone: no marks, frame, tone, blur or noise."""
    plain = replace(scene, marks=(), border=(0, 0, 0, 0, 0), removed=None, coarse=None, blur_px=0.0, noise=0.0)
    return replace(plain, fill=0.0, gamma=1.0, low=0.0, high=255.0, invert=False)


def same_scene(first: Scene, second: Scene) -> bool:
    return json.dumps(asdict(first), default=np.ndarray.tolist) == json.dumps(asdict(second), default=np.ndarray.tolist)


def test_the_same_seed_draws_the_same_scene() -> None:
    first, again, other = (draw_scene(np.random.default_rng(seed), POOLS) for seed in (5, 5, 6))

    assert same_scene(first, again)
    assert not same_scene(first, other)


@pytest.mark.parametrize("kind", Kind)
def test_the_same_scene_gives_the_same_pixels(kind: Kind) -> None:
    scene = replace(scene_of(kind), noise=3.0)

    first, again = render_scene(scene, POOLS), render_scene(scene, POOLS)

    assert first.keys() == again.keys()
    assert all(np.array_equal(first[key], again[key]) for key in first)


@pytest.mark.parametrize("kind", Kind)
def test_shapes_and_ranges(kind: Kind) -> None:
    made = render_scene(scene_of(kind), POOLS)

    assert {key: value.shape for key, value in made.items()} == {
        "image": (2, 128, 128),
        "maps": (5, 128, 128),
        "maps_known": (5,),
        "count": (),
        "inverted": (),
    }
    assert all(value.dtype == np.float32 for value in made.values())
    assert all(0 <= made[key].min() <= made[key].max() <= 1 for key in ("image", "maps", "maps_known"))


@pytest.mark.parametrize(
    ("kind", "known", "count"),
    [
        (Kind.OUTLINED, [1, 0, 0, 0, 0], 1),
        (Kind.LANDMARKED, [0, 1, 1, 1, 1], 1),
        (Kind.PLAIN, [0, 0, 0, 0, 0], 1),
        (Kind.TWO_HANDS, [0, 0, 0, 0, 0], 2),
        (Kind.NO_HAND, [1, 1, 1, 1, 1], 0),
        (Kind.SHUFFLED, [0, 0, 0, 0, 0], 0),
    ],
)
@pytest.mark.parametrize("invert", [False, True])
def test_unknown_values_are_marked(kind: Kind, known: list[int], count: int, invert: bool) -> None:
    made = render_scene(replace(scene_of(kind), invert=invert), POOLS)

    assert made["maps_known"].tolist() == known
    assert made["count"] == count
    assert made["inverted"] == (-1 if kind in HANDLESS else invert)


def test_where_no_hand_is_nothing_is_drawn_on_the_maps() -> None:
    assert not render_scene(scene_of(Kind.NO_HAND), POOLS)["maps"].any()


@pytest.mark.parametrize("seed", range(12))
def test_the_mask_covers_the_hand(seed: int) -> None:
    made = render_scene(plain(scene_of(Kind.OUTLINED, seed)), POOLS)

    shown, drawn = made["image"][0] > 0.5, made["maps"][0] > 0.5

    assert 2 * (shown & drawn).sum() / (shown.sum() + drawn.sum()) > 0.97


@pytest.mark.parametrize("removed", [-0.01, 0.0, 0.02])
@pytest.mark.parametrize("seed", range(4))
def test_a_cut_out_hand_has_a_black_background(seed: int, removed: float) -> None:
    blob = blob_film()
    grey = np.maximum(blob, np.linspace(40, 140, 100).astype(np.uint8))
    pools = Pools(dict.fromkeys(Kind, dict.fromkeys("abc", Source(grey, 0.8, (blob > 0).astype(np.uint8) * 255))))
    scene = plain(scene_of(Kind.OUTLINED, seed))

    whole, cut = (render_scene(replace(scene, removed=margin), pools) for margin in (None, removed))

    outside = cv2.dilate(whole["maps"][0], np.ones((21, 21))) == 0
    assert whole["image"][0][outside].max() > 0.1
    assert not cut["image"][0][outside].any()
    assert np.median(cut["image"][0][whole["maps"][0] == 1]) > 0.85, "the hand stays"
    np.testing.assert_array_equal(cut["maps"], whole["maps"])


@pytest.mark.parametrize("seed", range(12))
def test_landmarks_lie_on_their_dots(seed: int) -> None:
    scene = plain(scene_of(Kind.LANDMARKED, seed))
    made = render_scene(scene, POOLS)
    columns, rows = np.meshgrid(np.arange(128), np.arange(128))

    for heat in made["maps"][1:]:
        x, y = (heat * columns).sum() / max(heat.sum(), 1e-6), (heat * rows).sum() / max(heat.sum(), 1e-6)
        if heat.max() == 0 or not (9 < x < scene.size_px[1] - 9 and 9 < y < scene.size_px[0] - 9):
            continue  # the dot lies off the picture or is cut by its edge
        near = made["image"][0] * (np.hypot(columns - x, rows - y) < 7)
        assert (near * columns).sum() / near.sum() == pytest.approx(x, abs=0.6)
        assert (near * rows).sum() / near.sum() == pytest.approx(y, abs=0.6)


def test_a_landmark_off_the_picture_has_no_heat() -> None:
    scene = scene_of(Kind.LANDMARKED)
    away = (scene.placements[0] + np.array([[0, 0, 1000.0], [0, 0, 0]]),)

    made = render_scene(replace(scene, placements=away), POOLS)

    assert not made["maps"].any()
    assert made["maps_known"].tolist() == [0, 1, 1, 1, 1], "that it is not there is known"


def test_inverting_turns_bright_to_dark() -> None:
    scene = plain(scene_of(Kind.PLAIN))
    height, width = scene.size_px

    as_is, turned = (render_scene(replace(scene, invert=i), POOLS)["image"][0, :height, :width] for i in (False, True))

    assert np.corrcoef(as_is.ravel(), turned.ravel())[0, 1] < -0.99


def test_shuffling_keeps_pixels_and_breaks_the_shape() -> None:
    scene = plain(scene_of(Kind.SHUFFLED))

    shuffled, whole = (render_scene(replace(scene, tiles=tiles), POOLS)["image"][0] for tiles in (scene.tiles, ()))

    assert sorted(scene.tiles) == list(range(16))
    assert not np.array_equal(shuffled, whole)


def test_kinds_are_drawn_by_their_shares() -> None:
    rng = np.random.default_rng(0)
    kinds = [draw_scene(rng, POOLS).kind for _ in range(2000)]

    assert sum(KIND_SHARES.values()) == pytest.approx(1)
    for kind, share in KIND_SHARES.items():
        assert kinds.count(kind) / 2000 == pytest.approx(share, abs=0.04)


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, again, next_step, other_seed = (
        batch_at(SceneBatches(POOLS, 3, seed), step) for seed, step in ((1, 0), (1, 0), (1, 1), (2, 0))
    )

    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["image"], next_step["image"])
    assert not torch.equal(first["image"], other_seed["image"])
    assert first["image"].shape == (3, 2, 128, 128)


def test_the_digest_differs_for_other_data() -> None:
    plain = POOLS.sources[Kind.OUTLINED]
    assert plain["a"].mask is not None
    others = [
        {**plain, "a": replace(plain["a"], pixels=plain["a"].pixels // 2)},
        {**plain, "a": replace(plain["a"], mask=plain["a"].mask // 2)},
        {**plain, "a": replace(plain["a"], aspect=0.7)},
        {**plain, "a": replace(plain["a"], landmarks=POINTS)},
        {"a": plain["a"], "b": plain["b"]},
    ]

    digests = {SceneBatches(Pools({**POOLS.sources, Kind.OUTLINED: each}), 3, 1).data_digest() for each in [plain, *others]}

    assert len(digests) == 6


@pytest.mark.parametrize("point_sampled", [False, True])
def test_a_coarse_film_shows_the_same_scene_with_less_detail(point_sampled: bool) -> None:
    scene = replace(plain(scene_of(Kind.OUTLINED)), coarse=(40, point_sampled))

    coarse, fine = (render_scene(each, POOLS) for each in (scene, replace(scene, coarse=None)))

    assert np.array_equal(coarse["maps"], fine["maps"])
    assert not np.array_equal(coarse["image"], fine["image"])
    assert np.corrcoef(coarse["image"][0].ravel(), fine["image"][0].ravel())[0, 1] > 0.9


def test_a_film_of_fewer_pixels_is_unchanged() -> None:
    scene = scene_of(Kind.OUTLINED)

    assert all(
        np.array_equal(*pair)
        for pair in zip(
            *(render_scene(replace(scene, coarse=coarse), POOLS).values() for coarse in (None, (150, True))), strict=True
        )
    )


def test_an_unknown_landmark_is_not_learned_from() -> None:
    points = POINTS.copy()
    points[0] = np.nan
    pools = Pools({**POOLS.sources, Kind.LANDMARKED: {"a": Source(dotted_film(), 0.8, None, points)}})
    scene = replace(plain(scene_of(Kind.LANDMARKED)), names=("a",))

    made = render_scene(scene, pools)

    assert made["maps_known"].tolist() == [0, 0, 1, 1, 1]
    assert not made["maps"][1].any()
