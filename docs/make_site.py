"""Lay the pages of the documentation into ``build/pages``, from where mkdocs builds the site.

Pages keep the places that they have in the repository, so that every relative link holds on the
site as it does in a clone. A line such as ``<!-- every strategy -->`` is replaced by what the code
registers. ``make docs`` runs it as ``python -m docs.make_site``.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docs.reference_tables import SECTIONS

ROOT = Path(__file__).parents[1]
PAGES = (
    *("README*.md", "CHANGELOG.md", "docs/**/*.md", "s*/README.md", "benchmarks/README.md"),
    *("tools/*/README.md", "autoclue/models/tiny_zh/MODEL_CARD.md"),
)
FILES = ("docs/images/*",)
MARK = re.compile(r"^<!-- every ([a-z ]+) -->$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)")


def filled(text: str) -> str:
    """Return a page's text with every mark replaced by the section that it stands for."""
    return MARK.sub(lambda match: SECTIONS[match[1]](), text)


def linked_sources(page: Path) -> set[Path]:
    """Return the files of the repository that a page links to and that are no pages."""
    targets = {match["target"] for match in LINK.finditer(page.read_text(encoding="utf-8"))}
    found = {(page.parent / t).resolve() for t in targets if "://" not in t}
    return {path for path in found if path.is_file() and path.suffix != ".md"}


def lay_pages(target: Path) -> None:
    """Write every page and every file that one links to below a folder, which is emptied first.

    Args:
        target: The folder; a page's place in it is its place in the repository.
    """
    shutil.rmtree(target, ignore_errors=True)
    pages = {page for pattern in PAGES for page in ROOT.glob(pattern)}
    for page in sorted(pages):
        place = target / page.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(filled(page.read_text(encoding="utf-8")), encoding="utf-8")
    files = {file for pattern in FILES for file in ROOT.glob(pattern)}
    for file in sorted(files.union(*(linked_sources(page) for page in pages))):
        place = target / file.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


if __name__ == "__main__":
    lay_pages(ROOT / "build" / "pages")
