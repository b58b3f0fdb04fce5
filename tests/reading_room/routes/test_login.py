from __future__ import annotations

import pytest

from openboneage.reading_room.limiter import TRIES_OF_NAME
from openboneage.store import audit
from tests.reading_room.rooms import PASSWORD, TestRoom

PAGES = ["/", "/account", "/accounts", "/audit", "/films/1"]


@pytest.mark.parametrize("address", PAGES)
def test_nobody_sees_a_page_without_login(room: TestRoom, address: str) -> None:
    answer = room.browser().get(address, follow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")


def test_a_login_opens_the_worklist(room: TestRoom) -> None:
    browser = room.browser("reader")

    assert "There are no films yet" in browser.get("/").text
    assert browser.get("/login", follow_redirects=False).status_code == 303
    assert "login" in [entry.action for entry in audit.entries(room.store)]


def test_the_cookie_is_protected(room: TestRoom) -> None:
    cookie = room.browser().log_in("reader").headers["Set-Cookie"]

    assert cookie.startswith("__Host-session=")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(("name", "password"), [("reader", "wrong password"), ("nobody", PASSWORD)])
def test_a_wrong_login_is_refused_alike(room: TestRoom, name: str, password: str) -> None:
    answer = room.browser().log_in(name, password)

    assert answer.status_code == 401
    assert "User name or password is wrong." in answer.text
    assert audit.entries(room.store)[0].action == "login-refused"
    assert name not in str(audit.entries(room.store)[0])


def test_guessing_is_limited(room: TestRoom) -> None:
    browser = room.browser()
    for _ in range(TRIES_OF_NAME):
        assert browser.log_in("reader", "a wrong password").status_code == 401

    assert browser.log_in("reader").status_code == 429
    assert browser.log_in("administrator").status_code == 303


def test_a_form_of_another_site_does_not_log_in(room: TestRoom) -> None:
    assert room.browser(**{"Sec-Fetch-Site": "cross-site"}).log_in("reader").status_code == 403


def test_a_logout_ends_the_session(room: TestRoom) -> None:
    browser = room.browser("reader")
    cookies = dict(browser.cookies)

    assert browser.submit("/logout").headers["Location"] == "/login"
    stolen = room.browser()
    stolen.cookies.update(cookies)
    assert stolen.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_a_request_without_the_token_of_a_page_is_refused(room: TestRoom, token: str | None) -> None:
    fields = {} if token is None else {"csrf_token": token}

    assert room.browser("reader").post("/logout", data=fields).status_code == 403


def test_a_new_password_replaces_the_old_one(room: TestRoom) -> None:
    browser = room.browser("reader")

    assert browser.submit("/account/password", password="not mine", new_password="another password").status_code == 401
    assert browser.submit("/account/password", password=PASSWORD, new_password="short").status_code == 400
    assert browser.submit("/account/password", password=PASSWORD, new_password="another password").status_code == 303
    assert browser.get("/", follow_redirects=False).status_code == 303
    assert browser.log_in("reader").status_code == 401
    assert browser.log_in("reader", "another password").status_code == 303
