"""A procedure of 500 nodes in the modeler: how long opening, checking and drawing take.

`make bench-modeler` serves a sample office, draws in a real Chromium, and writes
`benchmarks/results/modeler.json`; checking and deploying are measured without the browser too.
What is dragged is dragged by the mouse, and a frame is one that Chromium has shown.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from benchmarks.large_procedure import procedure
from bpmn.layout import drawn
from engine import deployments, sample
from engine.checking import check
from engine.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "modeler.json"
ALUR = Path(sys.executable).parent / "alur"
NODES = 500
# Seconds but where the name says otherwise; the page waits a second after an edit before it asks.
BARS = {
    "check of 200 nodes": 0.5, "check of 1,000 nodes": 0.5, "deployment of 200 nodes": 1.0,
    "opened and drawn": 4.0, "opened and checked": 6.0, "edit to findings": 3.0,
    "longest pause after an edit (ms)": 250, "drag: frames a second": 20,
    "pan: frames a second": 20, "zoom: frames a second": 20,
}  # fmt: skip
AT_LEAST = " a second"  # ends the names of what is to be over its bar
# Notes when frames are shown, and how long the page was at work without a break.
WATCH = """() => {
    window.frames_shown = []; window.long_tasks = [0];
    const note = (at) => {
        window.frames_shown.push(at);
        window.noting = requestAnimationFrame(note);
    };
    window.noting = requestAnimationFrame(note);
    window.watching = new PerformanceObserver((list) => {
        for (const task of list.getEntries()) window.long_tasks.push(task.duration);
    });
    window.watching.observe({ type: 'longtask' });
}"""
WATCHED = """() => {
    cancelAnimationFrame(window.noting); window.watching.disconnect();
    return [window.frames_shown, Math.max(...window.long_tasks)];
}"""
# Renames a step, and waits until the findings on the new drawing stand on the page.
EDIT = """(name) => new Promise((done) => {
    const { modeler } = window.alurModeler;
    const step = modeler.get('elementRegistry').get('Langkah_9');
    const begun = performance.now();
    new MutationObserver((_, seen) => {
        seen.disconnect();
        const all = performance.getEntriesByType('resource');
        const asked = all.filter((one) => one.name.endsWith('/check'));
        done([(performance.now() - begun) / 1000, asked.at(-1).duration / 1000]);
    }).observe(document.getElementById('findings'), { childList: true });
    modeler.get('modeling').updateProperties(step, { name });
})"""
SAVE = """async () => {
    const begun = performance.now();
    const { xml } = await window.alurModeler.modeler.saveXML({ format: true });
    return [performance.now() - begun, xml.length];
}"""
# Where a step is on the screen, once it is in the middle of the canvas at its natural size.
MIDDLE = """(id) => {
    const { modeler } = window.alurModeler;
    const [canvas, element] = [modeler.get('canvas'), modeler.get('elementRegistry').get(id)];
    const { outer } = canvas.viewbox();
    const { width, height } = outer;
    canvas.viewbox({ x: element.x - width / 2, y: element.y - height / 2, width, height });
    const box = canvas.getGraphics(element).getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def main() -> None:
    """Measures, and keeps what was found."""
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory:
        found = engine_alone(Path(directory)) | in_browser(Path(directory))
    records = [record(name, value) for name, value in found.items()]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(records, indent=2) + "\n")
    missed = [one["name"] for one in records if is_missed(one)]
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


def record(what: str, value: float) -> dict[str, Any]:
    """What is kept of a number; it is printed beside its bar."""
    bar = BARS.get(what)
    print(f"{what:<36}{value:>10.3f}  {f'(bar {bar})' if bar else ''}", flush=True)
    return {"name": f"modeler, {NODES} nodes: {what}", "value": round(value, 3), "bar": bar}


def is_missed(one: dict[str, Any]) -> bool:
    """Whether a number is on the wrong side of its bar."""
    if one["bar"] is None:
        return False
    if one["name"].endswith(AT_LEAST):
        return bool(one["value"] < one["bar"])
    return bool(one["value"] > one["bar"])


def engine_alone(directory: Path) -> dict[str, float]:
    """The seconds of laying out, checking and deploying."""
    db = Database(f"sqlite:///{directory}/alone.sqlite")
    db.migrate()
    small, middle, large = (drawn(procedure(size)) for size in (200, NODES, 1000))
    files = iter([small + b"\n" * n for n in range(1, 9)])
    found = {
        f"layout of {NODES} nodes": best(lambda: drawn(procedure(NODES))),
        "check of 200 nodes": best(lambda: check(small)),
        f"check of {NODES} nodes": best(lambda: check(middle)),
        "check of 1,000 nodes": best(lambda: check(large)),
        "deployment of 200 nodes": best(lambda: deployments.deploy(db, next(files))),
    }
    db.close()
    return found


def best(deed: Callable[[], Any], times: int = 5) -> float:
    """The seconds of a processor that the quickest of several took; none of them waits."""
    deed()
    taken = []
    for _ in range(times):
        begun = time.process_time()
        deed()
        taken.append(time.process_time() - begun)
    return min(taken)


def in_browser(directory: Path) -> dict[str, float]:
    """What an analyst waits for, and sees."""
    home = directory / "home"
    home.mkdir()
    with served(home) as url, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        arguments = ["--no-sandbox", "--disable-gpu"]
        chromium = playwright.chromium.launch(executable_path=path, args=arguments)
        page = chromium.new_page(base_url=url, viewport={"width": 1280, "height": 900})
        begin(page)
        found = opening(page) | editing(page) | moving(page)
        chromium.close()
    return found


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a sample office in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"ALUR_HOME": str(home), "ALUR_PORT": str(port)}
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen([ALUR, "demo"], env=os.environ | own, stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Waits until the server takes calls."""
    end = time.monotonic() + 90
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server did not start")


def begin(page: Page) -> None:
    """The analyst signs in and begins a sketch of the procedure."""
    page.goto("/sign-in")
    page.fill("#nip", sample.CAST["analyst"][0])
    page.fill("#password", sample.PASSWORD)
    page.click("main button")
    page.wait_for_url("**/")
    page.goto("/modeler")
    file = {"name": "besar.bpmn", "mimeType": "application/xml", "buffer": drawn(procedure(NODES))}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]  # a FilePayload
    with page.expect_navigation(wait_until="commit"):
        page.click("form:has(input[type=file]) button")
    page.locator("#findings .modeler-verdict").wait_for(state="attached", timeout=120_000)


def opening(page: Page) -> dict[str, float]:
    """The seconds from asking for the page until it is drawn, and until it is checked."""
    begun = time.perf_counter()
    page.reload(wait_until="commit")
    page.locator(".djs-element[data-element-id=Selesai]").wait_for(
        state="attached", timeout=120_000
    )
    seen = time.perf_counter() - begun
    page.locator("#findings .modeler-verdict").wait_for(state="attached", timeout=120_000)
    return {"opened and drawn": seen, "opened and checked": time.perf_counter() - begun}


def editing(page: Page) -> dict[str, float]:
    """An edit until its findings are told, what the page does meanwhile, and what is kept."""
    page.evaluate(EDIT, "Memeriksa berkas")  # what is done for the first time is no measure
    taken, answers, pauses = [], [], []
    for name in ("Memeriksa", "Memeriksa lagi", "Memeriksa saja"):
        page.evaluate(WATCH)
        until_told, answered = page.evaluate(EDIT, name)
        taken.append(until_told)
        answers.append(answered)
        page.locator("#saved", has_text="Tersimpan").wait_for()
        pauses.append(page.evaluate(WATCHED)[1])
    milliseconds, letters = page.evaluate(SAVE)
    return {
        "edit to findings": statistics.median(taken),
        "answer of the server to a check": statistics.median(answers),
        "longest pause after an edit (ms)": statistics.median(pauses),
        "file written (ms)": milliseconds,
        "file (KB)": letters / 1000,
    }


def moving(page: Page) -> dict[str, float]:
    """Frames a second, and the longest pause, while a step, the paper and the scale change."""
    x, y = page.evaluate(MIDDLE, "Langkah_9")
    page.mouse.move(x, y)
    page.mouse.down()
    found = watched(page, "drag", lambda n: page.mouse.move(x + 3 * n, y + n))
    page.keyboard.press("Escape")
    page.mouse.up()
    page.mouse.move(x, y)
    found |= watched(page, "pan", lambda n: page.mouse.wheel(30 if n % 40 < 20 else -30, 0))
    page.keyboard.down("Control")
    found |= watched(page, "zoom", lambda n: page.mouse.wheel(0, 60 if n % 20 < 10 else -60))
    page.keyboard.up("Control")
    return found


def watched(
    page: Page, what: str, deed: Callable[[int], None], times: int = 60
) -> dict[str, float]:
    """Does something again and again while the page is watched."""
    page.evaluate(WATCH)
    for number in range(times):
        deed(number)
    shown, longest = page.evaluate(WATCHED)
    a_second = (len(shown) - 1) / (shown[-1] - shown[0]) * 1000
    return {f"{what}: frames a second": a_second, f"{what}: longest pause (ms)": longest}


if __name__ == "__main__":
    main()
