"""The page that holds all sections."""

from autoclue.reporting.page.render import page_parts, render_page
from autoclue.reporting.page.view import Card

__all__ = [
    "Card",
    "page_parts",
    "render_page",
]
