"""Draw the report of a study of many trials in a Chromium, and scroll through it.

    python -m benchmarks.report_page.many_trials --trials 500

The study is made from a formula. A page's longest stutter is its longest task on the thread that
draws: while it runs, nothing on the page moves or answers. Tasks are timed by the processor time
of that thread, so that other work on the machine counts little; frames are timed by the clock.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from choreographer import Browser, Tab

from autoclue.reporting import render_page
from benchmarks.report_page.made_study import made_study

WIDTH_PX, HEIGHT_PX = 1400, 900
SPEED_PX_PER_S = 1500
LONG_MS = 50
"""A task that takes longer is felt; browsers call it a long task."""
BESIDE_PX = 5
"""Where the pointer scrolls the page itself: left of everything that scrolls on its own."""
DRAWN = """new Promise((tell) => {
  const look = () => document.documentElement.dataset.drawn === "all"
    ? requestAnimationFrame(() => requestAnimationFrame(() => tell(performance.now())))
    : setTimeout(look, 20);
  look();
})"""
FIRST = """new Promise((tell) => {
  const look = () => document.querySelector(".main-svg") === null
    ? setTimeout(look, 5) : tell(performance.now());
  look();
})"""
FRAMES = """window.frames_ms = [];
(function next(now) {
  window.frames_ms.push(now);
  requestAnimationFrame(next);
})(performance.now());"""
TABLE = """JSON.stringify((() => {
  const table = document.querySelector("#trials .scroll");
  table.scrollIntoView({ block: "center", behavior: "instant" });
  const at = table.getBoundingClientRect();
  return [at.left + at.width / 2, at.top + at.height / 2, table.scrollHeight - table.clientHeight];
})())"""
CURVES = """JSON.stringify((() => {
  const figure = document.getElementById("figure-curves");
  figure.scrollIntoView({ block: "center", behavior: "instant" });
  const at = figure.getBoundingClientRect();
  return [at.left, at.top, at.width, at.height];
})())"""
MOVES = 60
"""Places that the pointer goes through on its way across the learning curves."""
SORT = """document.querySelector("#trials th button").click();
document.body.offsetHeight"""

Told = dict[str, float | int | str]


@dataclass(slots=True)
class Page:
    """A tab that shows the page, and what its main thread does.

    Attributes:
        tab: The tab.
        events: Of the trace that is being taken.
        over: Told once a trace is complete.
    """

    tab: Tab
    events: list[Mapping[str, Any]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def prepare(self) -> None:
        """Set the size of the window, and listen to traces."""
        session = self.tab.get_session()
        session.subscribe("Tracing.dataCollected", self._collect)
        session.subscribe("Tracing.tracingComplete", self._complete)
        await self.tab.send_command("Page.enable")
        size = {"width": WIDTH_PX, "height": HEIGHT_PX, "deviceScaleFactor": 1, "mobile": False}
        await self.tab.send_command("Emulation.setDeviceMetricsOverride", size)

    async def _collect(self, message: Mapping[str, Any]) -> None:
        self.events.extend(message["params"]["value"])

    async def _complete(self, _: Mapping[str, Any]) -> None:
        self.over.set()

    async def value(self, expression: str) -> Any:
        """Evaluate an expression on the page, and wait for it where it is a promise."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        result = (await self.tab.send_command("Runtime.evaluate", asked))["result"]
        if "exceptionDetails" in result:
            raise SystemExit(f"The page failed: {result['exceptionDetails']}")
        return result["result"].get("value")

    async def scroll(self, x: float, y: float, distance_px: float) -> None:
        """Turn the wheel over a point."""
        gesture = {"x": x, "y": y, "yDistance": -distance_px, "speed": SPEED_PX_PER_S}
        asked = {**gesture, "gestureSourceType": "mouse"}
        await self.tab.send_command("Input.synthesizeScrollGesture", asked)

    async def point(self) -> None:
        """Move the pointer across the learning curves, from corner to corner."""
        left, top, width, height = json.loads(await self.value(CURVES))
        for share in np.linspace(0.1, 0.9, MOVES):
            place = {"x": left + share * width, "y": top + share * height}
            await self.tab.send_command(
                "Input.dispatchMouseEvent", {"type": "mouseMoved", **place}
            )

    async def traced(self, do: Callable[[], Awaitable[Any]]) -> Told:
        """Do something and say what the tasks of the main thread took, in ms of processor time."""
        self.events.clear()
        self.over.clear()
        asked = {"categories": "toplevel", "transferMode": "ReportEvents"}
        await self.tab.send_command("Tracing.start", asked)
        await do()
        await self.tab.send_command("Tracing.end")
        await self.over.wait()
        tasks = tasks_ms(self.events)
        return {
            "tasks_ms": round(sum(tasks)),
            "longest_task_ms": round(max(tasks, default=0)),
            "long_tasks": sum(task > LONG_MS for task in tasks),
        }

    async def scrolled(self, x: float, y: float, distance_px: float) -> Told:
        """Scroll, and say what the tasks took and how the frames came."""
        await self.value("window.frames_ms.length = 0")
        found = await self.traced(lambda: self.scroll(x, y, distance_px))
        gaps = np.diff(json.loads(await self.value("JSON.stringify(window.frames_ms)")))
        return {
            "pixels": round(distance_px),
            **found,
            "frames": len(gaps),
            "median_frame_ms": round(float(np.median(gaps)), 1),
            "p99_frame_ms": round(float(np.percentile(gaps, 99)), 1),
        }


def tasks_ms(events: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return the processor time of each task of the pages' main threads."""
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return [
        event.get("tdur", 0) / 1000
        for event in events
        if event["name"].endswith("RunTask")
        and event.get("ph") == "X"
        and (event["pid"], event["tid"]) in main
    ]


async def measure(address: str, browser: str) -> dict[str, Told]:
    """Open a page, scroll through it, point at its curves, and scroll and sort its table.

    Args:
        address: The page's.
        browser: The Chromium's file.
    """
    async with Browser(path=browser, headless=True) as opened:
        page = Page(await opened.create_tab(""))
        await page.prepare()

        async def draw() -> None:
            await page.tab.send_command("Page.navigate", {"url": address})
            times["first_figure_s"] = round(await page.value(FIRST) / 1000, 2)
            times["drawn_s"] = round(await page.value(DRAWN) / 1000, 2)

        times: Told = {}
        drawing = await page.traced(draw)
        await page.value(FRAMES)
        height = await page.value("document.documentElement.scrollHeight")
        nodes = await page.value("document.querySelectorAll('*').length")
        through = await page.scrolled(BESIDE_PX, HEIGHT_PX / 2, height)
        pointing = await page.traced(page.point)
        x, y, rest = json.loads(await page.value(TABLE))
        table = await page.scrolled(x, y, rest) if rest > 0 else {}
        sorting = await page.traced(lambda: page.value(SORT))
    return {
        "draw": {**times, "nodes": nodes, **drawing},
        "scroll": through,
        "scroll_table": table,
        "point_at_curves": pointing,
        "sort": sorting,
    }


def main() -> int:
    """Write a page for each number of trials, measure it, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, nargs="+", default=[20, 500], help="20 and 500")
    parser.add_argument("--browser", help="a Chromium or Chrome; default: the PATH's chromium")
    given = parser.parse_args()
    browser = given.browser or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("There is no Chromium or Chrome on the PATH; give one with --browser.")
    with tempfile.TemporaryDirectory(prefix="autoclue-page-") as folder:
        for trials in given.trials:
            path = Path(folder) / f"{trials}.html"
            began = time.process_time()
            path.write_text(render_page(made_study(trials)), encoding="utf-8")
            made = {"processor_s": round(time.process_time() - began, 1)}
            made["megabytes"] = round(path.stat().st_size / 1e6, 1)
            found = asyncio.run(measure(path.as_uri(), browser))
            print(json.dumps({"trials": trials, "write": made, **found}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
