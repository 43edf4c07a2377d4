"""What a browser makes of the first visit to a page: when its largest part is painted, what moves, what is sent.

`make bench` runs it: real Chromium with nothing cached, on a site of its own, filled by `kb demo`. Prints the
table of docs/performance.md.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from spine import BIN, Site

ROUNDS = 5
# The whole browser where there is one; make test is content with the other.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium-headless-shell"
PASSWORD = "a few words in a row"
QUIET = "--headless=new --no-sandbox --disable-gpu --disable-background-networking".split()
# Waits for what comes late, too: a shift counts whenever it happens.
SETTLED_MS = 1_500
LOOK = """() => new Promise((resolve) => {
  const seen = {lcp: 0, cls: 0};
  new PerformanceObserver((list) => list.getEntries().forEach((each) => (seen.lcp = each.startTime)))
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver((list) => list.getEntries().forEach((each) => (seen.cls += each.value)))
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => {
    const sent = (ends) => performance.getEntriesByType('resource')
      .filter((each) => new URL(each.name).pathname.endsWith(ends))
      .reduce((sum, each) => sum + each.encodedBodySize, 0);
    const page = performance.getEntriesByType('navigation')[0];
    resolve({...seen, js: sent('.js') / 1e3, css: sent('.css') / 1e3, html: page.encodedBodySize / 1e3});
  }, 200);
})"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        site = Site(Path(folder) / "data")
        try:
            subprocess.run([BIN / "kb", "demo"], env=site.environment, check=True, stdout=subprocess.DEVNULL)
            add_person(site)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
                print_table(measure(browser, site))
                browser.close()
        finally:
            site.stop()


def add_person(site: Site) -> None:
    argv = [BIN / "kb", "user", "add", "reader@test.example", "--name", "Reader", "--password-stdin"]
    subprocess.run(argv, env=site.environment, input=PASSWORD, text=True, check=True, capture_output=True)


def measure(browser: Browser, site: Site) -> dict[str, list[dict[str, float]]]:
    context = browser.new_context(base_url=f"http://{site.address}")
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill("reader@test.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url("**/")
    cookies = context.cookies()
    shown = site.call("/screencasts?limit=1")["items"][0]
    pages = {
        "sign-in": "/sign-in",
        "library": "/",
        "search": "/search?q=network",
        "watch": f"/screencasts/{shown['id']}",
    }
    found: dict[str, list[dict[str, float]]] = {name: [] for name in pages}
    for _ in range(ROUNDS):
        for name, url in pages.items():
            found[name].append(visit(browser, site, cookies if name != "sign-in" else [], url))
    return found


def visit(browser: Browser, site: Site, cookies: Any, url: str) -> dict[str, float]:
    """One visit in a browser that has never been there."""
    context = browser.new_context(base_url=f"http://{site.address}", viewport={"width": 1440, "height": 900})
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(url, wait_until="load")
    page.wait_for_timeout(SETTLED_MS)
    seen: dict[str, float] = page.evaluate(LOOK)
    context.close()
    return seen


def print_table(found: dict[str, list[dict[str, float]]]) -> None:
    columns = ("first visit", "largest paint, ms", "layout shift", "JavaScript, kB", "CSS, kB", "HTML, kB")
    print(f"\n| {' | '.join(columns)} |")
    print(f"|{'---|' * len(columns)}")
    for name, rounds in found.items():
        median = {each: statistics.median(seen[each] for seen in rounds) for each in rounds[0]}
        print(
            f"| {name} | {median['lcp']:.0f} | {median['cls']:.3f} | {median['js']:.0f} | {median['css']:.0f} | "
            f"{median['html']:.0f} |"
        )
    print(f"\nMedians of {ROUNDS}, nothing cached; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
