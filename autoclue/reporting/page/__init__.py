"""The page that holds all sections."""

from autoclue.reporting.page.render import render_page

__all__ = [
    "render_page",
]
