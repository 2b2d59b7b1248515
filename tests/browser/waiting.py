"""Waiting for what no locator sees.

`page.wait_for_function` cannot be used: it asks again through `eval`, which the pages' own policy forbids.
"""

from __future__ import annotations

import time

from playwright.sync_api import Error, Page

SECONDS = 60


def wait_until(page: Page, question: str, arg: object = None) -> None:
    """question: JavaScript, as for `page.evaluate`, that answers whether it is so; asked until it is."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            if page.evaluate(question, arg):
                return
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
            # The page went elsewhere meanwhile: the next one is asked.
        page.wait_for_timeout(100)
    raise AssertionError(f"not so in {SECONDS} s: {question}")
