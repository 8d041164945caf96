"""Reports in a browser: no request, no script, every width, both themes, print, keyboard, axe.

They run where KL_AXE is the path of axe.min.js of axe-core, and need chromium, chromedriver and selenium: `.ci/run`
installs all of these.
"""

import http.server
import json
import os
import re
import shutil
import threading
from pathlib import Path

import pytest

from klcli.cli.main import main

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("KL_AXE" not in os.environ, reason="tests in a browser need KL_AXE, the path of axe.min.js"),
]

# how Jenkins serves the files of a build
JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"
WATCH = (
    "window.violations=[];document.addEventListener('securitypolicyviolation',"
    "event=>window.violations.push([event.effectiveDirective,event.blockedURI]));"
)
SOURCE = ("sample_data/letters.csv", "--p", "german", "--q", "english", "--as", "weights")
PAGES = {
    "compute": ("compute", *SOURCE, "--fail-above", "0.05"),
    "explain": ("explain", *SOURCE),
    "families": ("explain", "normal(1,1)", "laplace(0,2)"),
    "rows": ("rows", "sample_data/next_token.jsonl", "--summary"),
    "matrix": ("matrix", "sample_data/letters.csv", "--columns", "--as", "weights", "-m", "jensen_shannon"),
    "batch": ("batch", "sample_data/pairs.csv", "-q"),
    "estimate": ("estimate", "FOLDER/x.csv", "FOLDER/y.csv", "--truth", "normal(1,1)", "normal(2,1)"),
    "drift": ("drift", "sample_data/flights_january.csv", "sample_data/flights_july.csv", "-q"),
    "cells": ("drift", "sample_data/flights_january.csv", "sample_data/flights_july.csv", "--explain", "dest"),
    "example": ("examples", "gaussian"),
    "list": ("list", "measures"),
    "hostile": (
        "compute",
        '{"<script>window.pwned=1</script>": 3, "\\"><img src=x onerror=alert(1)>": 2, "עברית \\u202e": 1}',
        '{"<script>window.pwned=1</script>": 1, "\\"><img src=x onerror=alert(1)>": 2, "' + "x" * 10_000 + '": 3}',
    ),
}
BAD = """<!doctype html><html><head><title>x</title></head><body style="background:#fff"><script>window.ran=1</script>
<img src="http://127.0.0.1:9/x.png"><div style="width:3000px;color:#eee">faint</div></body></html>"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = shutil.which("chromium")  # both are named, so that selenium downloads nothing
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):  # fmt: skip
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, family in (("x", "normal(1,1)"), ("y", "normal(2,1)")):
        assert main(["sample", family, "-n", "400", "--seed", "1", "-o", str(folder / f"{name}.csv")]) == 0
    for name, words in PAGES.items():
        words = [word.replace("FOLDER", str(folder)) for word in words]
        assert main([*words, "-f", "html", "-o", str(folder / f"{name}.html")]) in (0, 1)
    (folder / "bad.html").write_text(BAD)
    return folder


@pytest.fixture(scope="module")
def axe():
    return Path(os.environ["KL_AXE"]).read_text(encoding="utf-8")


every_page = pytest.mark.parametrize("name", PAGES)


def show(browser, page, *, width=1200, scheme="light", media="screen"):
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
    if page:
        browser.get(page if isinstance(page, str) else page.as_uri())


def asked(browser):
    found = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [each["params"]["request"]["url"] for each in found if each["method"] == "Network.requestWillBeSent"]


def faults(browser, page):
    """What is wrong with a page: requests, console, policy, sideways scrolling."""
    show(browser, "about:blank")
    asked(browser)
    browser.get_log("browser")
    show(browser, page)
    found = [url for url in asked(browser) if not url.startswith(("data:", "chrome:", page.as_uri()))]
    found += [entry["message"] for entry in browser.get_log("browser")]
    found += browser.execute_script("return window.violations")
    if browser.execute_script("return window.ran || window.pwned"):
        found.append("a script ran")
    for width in (80, 200, 320, 640, 1024, 1400):
        show(browser, None, width=width)
        scrolled = browser.execute_script("return document.documentElement.scrollWidth")
        if scrolled > width:
            found.append(f"{scrolled} pixels wide at {width}")
    return found


def violations(browser, axe, page, scheme, width):
    """What axe finds, with everything open."""
    show(browser, page, scheme=scheme, width=width)
    browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    result = browser.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(done)"
    )
    assert result["passes"]
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in result["violations"]]


@every_page
def test_a_page_asks_for_nothing_says_nothing_and_fits_every_width(browser, pages, name):
    assert faults(browser, pages / f"{name}.html") == []


def test_what_is_wrong_with_a_bad_page_is_found(browser, pages, axe):
    found = faults(browser, pages / "bad.html")
    assert any("127.0.0.1" in str(each) for each in found)
    assert "a script ran" in found
    assert any("pixels wide at 320" in str(each) for each in found)
    assert violations(browser, axe, pages / "bad.html", "light", 1200) != []


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 320])
def test_axe_finds_nothing(browser, pages, axe, name, scheme, width):
    assert violations(browser, axe, pages / f"{name}.html", scheme, width) == []


def test_a_script_that_gets_in_is_refused_by_the_policy(browser, pages):
    show(browser, pages / "compute.html")
    browser.execute_script(
        "const each = document.createElement('script'); each.textContent = 'window.ran = 1'; document.body.append(each)"
    )
    assert browser.execute_script("return window.ran") is None
    assert browser.execute_script("return window.violations")[0][0].startswith("script-src")


def test_a_page_follows_the_system_the_reader_and_the_printer(browser, pages):
    from selenium.webdriver.common.by import By

    def ground():
        return browser.execute_script("return getComputedStyle(document.body).backgroundColor")

    page = pages / "explain.html"
    show(browser, page, scheme="light")
    light = ground()
    show(browser, page, scheme="dark")
    dark = ground()
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(20, 23, 26)")
    browser.find_element(By.ID, "light").click()
    assert ground() == light
    show(browser, page, scheme="light")
    browser.find_element(By.ID, "dark").click()
    assert ground() == dark
    show(browser, None, scheme="dark", media="print")
    assert ground() == light
    assert browser.execute_script("return getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


@every_page
def test_print_cuts_nothing(browser, pages, name):
    show(browser, pages / f"{name}.html", width=690, media="print")
    cut = browser.execute_script(
        "return [...document.querySelectorAll('main *')].filter(each => each.checkVisibility() && "
        "!each.closest('svg') && !each.closest('ol') && each.scrollHeight > each.clientHeight + 2 && "
        "getComputedStyle(each).overflowY != 'visible').map(each => each.outerHTML.slice(0, 80))"
    )
    assert cut == []


@every_page
def test_the_keyboard_reaches_everything(browser, pages, name):
    from selenium.webdriver.common.keys import Keys

    show(browser, pages / f"{name}.html")
    wanted = browser.execute_script(
        "return [...document.querySelectorAll('a[href], summary, input:checked, [tabindex=\"0\"]')]"
        ".filter(each => each.checkVisibility()).length"
    )
    met = set()
    for _ in range(wanted + 2):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        met.add(browser.execute_script("return document.activeElement.outerHTML.slice(0, 100)"))
    assert len(met - {""}) >= wanted


@every_page
def test_every_picture_has_words(browser, pages, name):
    show(browser, pages / f"{name}.html")
    bare = browser.execute_script(
        "return [...document.querySelectorAll('svg')].filter(each => !each.parentElement.closest('svg') && "
        "!each.closest('[aria-hidden=true]') && !(each.getAttribute('role') == 'img' && "
        "each.getAttribute('aria-label'))).map(each => each.outerHTML.slice(0, 80))"
    )
    assert bare == []


def test_hostile_labels_are_text(browser, pages):
    show(browser, pages / "hostile.html")
    text = browser.execute_script("return document.body.innerText")
    assert "<script>window.pwned=1</script>" in text
    assert '"><img src=x onerror=alert(1)>' in text
    assert "\\u202e" in text
    assert "(10,000 characters)" in text
    assert browser.execute_script("return document.scripts.length + document.images.length") == 0


@every_page
def test_nothing_is_lost_where_the_style_sheet_is_refused(browser, pages, name):
    source = (pages / f"{name}.html").read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", JENKINS)
            self.end_headers()
            self.wfile.write(source)

        def log_message(self, *_):
            pass

    show(browser, pages / f"{name}.html")
    styled = browser.execute_script("return document.body.textContent")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        show(browser, f"http://127.0.0.1:{server.server_port}/kl.html")
        assert browser.execute_script("return document.body.textContent") == styled
        seen = browser.execute_script("return document.body.innerText")
        for number in re.findall(
            r"\d\.\d{3,}", browser.execute_script("return document.querySelector('main').innerText")
        ):
            assert number in seen
        unpainted = browser.execute_script(
            "return [...document.querySelectorAll('svg rect, svg circle')].filter(each => !each.closest('defs') && "
            "['rgb(0, 0, 0)', 'none'].includes(getComputedStyle(each).fill)).length"
        )
        assert unpainted == 0
    finally:
        server.shutdown()
        server.server_close()
