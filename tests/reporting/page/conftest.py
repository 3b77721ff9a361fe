"""A Chromium from the system's packages, driven by choreographer."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from choreographer import Browser, Tab

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRAWN = """new Promise((tell) => {
  const look = () => document.documentElement?.dataset.drawn === "all" ? tell(true)
    : setTimeout(look, 20);
  look();
})"""

T = TypeVar("T")


class ShownPage:
    """A page in a tab, once all its figures are drawn.

    Attributes:
        requests: Addresses that have been asked for, the page's own left out.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, tab: Tab) -> None:
        self._loop, self._tab = loop, tab
        self.requests: list[str] = []

    async def open(self, path: Path, width: int, dark: bool) -> None:
        """Load a file, and wait until it is drawn."""

        async def note(message: Mapping[str, Any]) -> None:
            self.requests.append(message["params"]["request"]["url"])

        self._tab.get_session().subscribe("Network.requestWillBeSent", note)
        await self._tab.send_command("Network.enable")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        await self._tab.send_command("Emulation.setDeviceMetricsOverride", size)
        colours = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self._tab.send_command("Emulation.setEmulatedMedia", {"features": [colours]})
        await self._tab.send_command("Page.navigate", {"url": path.as_uri()})
        await self._evaluate(DRAWN)
        self.requests.remove(path.as_uri())

    async def _evaluate(self, expression: str) -> Any:
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        result = (await self._tab.send_command("Runtime.evaluate", asked))["result"]
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def value(self, expression: str) -> Any:
        """Evaluate an expression on the page, and wait for it where it is a promise."""
        return self._loop.run_until_complete(self._evaluate(expression))


class Chromium:
    """A browser without a window."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._folder = folder
        self._browser = self._run(self._begin())

    async def _begin(self) -> Browser:
        return await Browser(path=CHROMIUM, headless=True)

    def _run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(doing, 120))

    def show(self, page: str, *, width: int = 1400, dark: bool = False) -> ShownPage:
        """Show a page in a tab of its own.

        Args:
            page: Its HTML.
            width: The window's, in pixels.
            dark: Whether the system prefers dark pages.
        """
        path = self._folder / f"{len(list(self._folder.iterdir()))}.html"
        path.write_text(page, encoding="utf-8")
        shown = ShownPage(self._loop, self._run(self._browser.create_tab("")))
        self._run(shown.open(path, width, dark))
        return shown

    def close(self) -> None:
        """End it."""
        self._run(self._browser.close())
        self._loop.close()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on the PATH")
    browser = Chromium(tmp_path_factory.mktemp("pages"))
    yield browser
    browser.close()
