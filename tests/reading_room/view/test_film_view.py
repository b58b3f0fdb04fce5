"""The film view in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsing import accessibility_faults
from tests.reading_room.view.made import SPACING_MM, hand, overlays
from tests.reading_room.view.served import served_film

KEYS = {
    "i": "Inverted",
    "r": "Rotated 90°",
    "R": "Rotated -90°",
    "f": "Mirrored",
    "1": "Zoom 100 %",
    "Shift+ArrowUp": "level 2244",
    "Shift+ArrowRight": "Window 4509",
    "p": "Window",
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served_film(hand(), overlays()) as found:
        yield found


@pytest.fixture
def stage(page: Page, address: str) -> Locator:
    """The film with the focus, black at 0 and white at its highest value, 4,080."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    page.wait_for_selector("[data-ready=yes]")
    page.get_by_label("Window preset").select_option("All values")
    shown = page.get_by_role("application")
    shown.focus()
    return shown


def middle(stage: Locator) -> tuple[float, float]:
    box = stage.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def values(page: Page) -> str:
    """Zoom, window and pose, after the next frame."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator(".film-values").inner_text()


def brightness(stage: Locator) -> int:
    """Grey in the middle of the canvas."""
    grey = stage.locator("> canvas").evaluate(
        "canvas => canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[0]"
    )
    return int(grey)


def point(page: Page) -> str:
    return page.locator(".film-point").inner_text()


def test_the_film_is_drawn_with_its_grey_values(page: Page, stage: Locator) -> None:
    page.mouse.move(*middle(stage))
    values(page)

    height, width = hand().film.shape
    around = hand().radiograph.pixels[height // 2 - 3 : height // 2 + 4, width // 2 - 3 : width // 2 + 4].astype(int)
    assert around.min() / 16 - 2 <= brightness(stage) <= around.max() / 16 + 2
    assert around.min() <= int(point(page).removeprefix("Value ")) <= around.max()


def test_dragging_changes_the_window(page: Page, stage: Locator) -> None:
    assert "Window 4080, level 2040" in values(page)
    before = brightness(stage)
    x, y = middle(stage)

    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 80, steps=4)
    page.mouse.up()

    assert "Window 4080, level 2856" in values(page)
    assert brightness(stage) < before
    expect(page.get_by_label("Window preset")).to_have_value("")


def test_the_wheel_zooms_at_the_pointer(page: Page, stage: Locator) -> None:
    x, y = middle(stage)
    page.mouse.move(x + 60, y + 40)
    values(page)
    before, zoom = point(page), values(page)

    page.mouse.wheel(0, -400)
    zoomed = values(page)
    page.mouse.move(x + 60.4, y + 40.4)

    assert zoomed != zoom
    assert abs(int(point(page).split()[1]) - int(before.split()[1])) < 160
    page.keyboard.press("0")
    assert values(page) == zoom


def test_the_right_button_moves_the_film(page: Page, stage: Locator) -> None:
    x, y = middle(stage)
    page.mouse.move(x, y)
    under = point(page)

    page.mouse.down(button="right")
    page.mouse.move(x + 100, y + 50, steps=3)
    page.mouse.up(button="right")

    assert "Window 4080" in values(page)
    page.mouse.move(x + 100.4, y + 50.4)
    assert abs(int(point(page).split()[1]) - int(under.split()[1])) < 160


def test_two_fingers_zoom(page: Page, stage: Locator) -> None:
    before = values(page)
    x, y = middle(stage)
    client = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": at_x, "y": at_y, "id": number} for number, (at_x, at_y) in enumerate(points)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", (x - 50, y), (x + 50, y))
    touch("touchMove", (x - 100, y), (x + 100, y))
    touch("touchEnd")

    zoom = [int(re.findall(r"Zoom (\d+)", text)[0]) for text in (before, values(page))]
    assert zoom[1] == pytest.approx(2 * zoom[0], rel=0.1)


def test_a_length_is_measured_in_mm(page: Page, stage: Locator) -> None:
    scale = int(re.findall(r"Zoom (\d+)", values(page))[0]) / 100
    x, y = middle(stage)
    page.get_by_role("button", name="Measure").click()

    page.mouse.move(x - 50, y)
    page.mouse.down()
    page.mouse.move(x + 50, y, steps=3)
    page.mouse.up()
    values(page)

    text = stage.locator(".measures text").text_content()
    assert text is not None
    assert float(text.removesuffix(" mm")) == pytest.approx(100 / scale * SPACING_MM, rel=0.02)


def test_two_clicks_measure_too(page: Page, stage: Locator) -> None:
    x, y = middle(stage)
    page.keyboard.press("m")
    page.mouse.click(x, y)
    page.mouse.click(x, y + 60)
    values(page)

    expect(stage.locator(".measures text")).to_have_text(re.compile(r"^\d+\.\d mm$"))
    page.keyboard.press("Escape")
    expect(stage.locator(".measures text")).to_have_count(0)


@pytest.mark.usefixtures("stage")
def test_a_length_is_measured_by_keys(page: Page) -> None:
    page.keyboard.press("Enter")  # does nothing in another tool
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text(re.compile(r"^Length \d+\.\d mm\.$"))


@pytest.mark.usefixtures("stage")
def test_keys_change_the_view_and_reset_restores_it(page: Page) -> None:
    first = values(page)
    for key, expected in KEYS.items():
        page.keyboard.press(key)
        assert expected in values(page), key
        page.keyboard.press("z")
        page.get_by_label("Window preset").select_option("All values")
        page.get_by_role("application").focus()
        assert values(page) == first, key


def test_zoom_keys_and_arrows(page: Page, stage: Locator) -> None:
    first = values(page)
    page.keyboard.press("+")
    assert values(page) != first
    page.keyboard.press("-")
    assert values(page) == first
    page.mouse.move(*middle(stage))
    under = point(page)
    page.keyboard.press("ArrowDown")
    values(page)
    x, y = middle(stage)
    page.mouse.move(x + 0.4, y)
    assert point(page) != under


@pytest.mark.usefixtures("stage")
def test_the_hand_is_turned_upright(page: Page) -> None:
    page.keyboard.press("u")

    degrees = float(re.findall(r"Rotated (-?\d+)°", values(page) + " Rotated 0°")[0])
    assert degrees == pytest.approx(-float(str(overlays()["rotation_degrees"])), abs=0.6)
    page.keyboard.press("h")
    assert values(page)


def test_overlays_are_switched(page: Page, stage: Locator) -> None:
    for name, group in (("Outline", ".outline"), ("Bones", ".bones"), ("Joints", ".joints"), ("Ruler", ".ruler")):
        button = page.get_by_role("button", name=name)
        shown = stage.locator(f"svg g{group}")
        first = button.get_attribute("aria-pressed") == "true"
        expect(shown).to_have_attribute("visibility", "visible" if first else "hidden")
        button.click()
        expect(shown).to_have_attribute("visibility", "hidden" if first else "visible")
        expect(button).to_have_attribute("aria-pressed", "false" if first else "true")


def test_the_occlusion_map_says_months(page: Page, stage: Locator) -> None:
    expect(stage.locator(".map-scale")).to_be_hidden()
    page.keyboard.press("x")
    expect(stage.locator(".map-scale")).to_be_visible()
    values(page)
    page.mouse.move(*middle(stage))

    assert re.search(r"changes the age by [+-]?\d+\.\d months", point(page))


def test_the_ruler_is_as_long_as_it_says(page: Page, stage: Locator) -> None:
    scale = int(re.findall(r"Zoom (\d+)", values(page))[0]) / 100
    ruler = stage.locator(".ruler")
    left, right = (
        float(each) for each in re.findall(r"M(\d+).*?H([\d.]+)", ruler.locator("path").first.get_attribute("d") or "")[0]
    )
    length = float((ruler.locator("text").text_content() or "").removesuffix(" mm"))

    assert (right - left) / scale * SPACING_MM == pytest.approx(length, rel=0.02)


@pytest.mark.usefixtures("stage")
def test_help_lists_the_keys_and_closes(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Help")

    expect(dialog).to_be_visible()
    expect(dialog.locator("kbd").first).to_have_text("0")
    assert accessibility_faults(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.usefixtures("stage")
def test_keys_do_nothing_outside_the_film(page: Page) -> None:
    first = values(page)
    page.get_by_role("button", name="Zoom in").focus()
    page.keyboard.press("i")

    assert values(page) == first


@pytest.mark.usefixtures("stage")
def test_values_are_announced(page: Page) -> None:
    page.keyboard.press("i")

    expect(page.get_by_role("status")).to_have_text(re.compile("Inverted"))


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_view_is_accessible(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for key in "bjox":
        page.keyboard.press(key)

    assert accessibility_faults(page) == []


def test_a_rotated_hand_begins_upright(page: Page) -> None:
    with served_film(hand(), {**overlays(), "rotation_degrees": 90.0}) as address:
        page.goto(address)
        page.wait_for_selector("[data-ready=yes]")

        assert "Rotated -90°" in values(page)


def test_a_film_without_overlays_hides_their_buttons(page: Page) -> None:
    nothing = {"rotation_degrees": 0.0, "outlines": [], "bones": [], "joints": [], "places": {}, "occlusion": None}
    with served_film(hand(), nothing) as address:
        page.goto(address)
        page.wait_for_selector("[data-ready=yes]")

        expect(page.get_by_role("button", name="Occlusion map")).to_be_hidden()
        page.get_by_role("application").press("x")
        expect(page.get_by_role("status")).to_have_text("This film has no such overlay.")
        assert np.isfinite(brightness(page.get_by_role("application")))
