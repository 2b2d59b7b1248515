"""A browser that dies in the middle of what it writes: the tab at any step of any transaction, or all of it at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Error, Page

from tests.bench.bench_unlock import processes_with

MARK = "this tab dies here"

# A step is a row put or deleted, not yet committed, or a commit of which the page has not heard yet. At the
# chosen one the page says so and never gives the thread back, so that nothing else happens before it is killed.
COUNT_STEPS = """(() => {
    let left = Infinity, commits = 0;
    const step = () => {
        left -= 1;
        if (left > 0) return;
        console.log('$MARK');
        for (;;);
    };
    globalThis.dieAt = (number) => { left = number ?? Infinity; commits = 0; };
    globalThis.commitsSeen = () => commits;
    for (const name of ['put', 'delete', 'clear']) {
        const real = IDBObjectStore.prototype[name];
        IDBObjectStore.prototype[name] = function (...args) {
            const request = Reflect.apply(real, this, args);
            step();
            return request;
        };
    }
    const begin = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (names, mode, options) {
        const transaction = begin.call(this, names, mode, options);
        if (mode === 'readwrite') transaction.addEventListener('complete', () => { commits += 1; step(); });
        return transaction;
    };
})()""".replace("$MARK", MARK)


class MortalPage:
    """A page that can be told at which step to die."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self._cdp: CDPSession = context.new_cdp_session(self.page)
        self.is_dead = False
        self.page.on("console", self._on_console)

    def _on_console(self, message: ConsoleMessage) -> None:
        """Chromium does it in another process, whatever the page is doing; it answers nothing any more."""
        if message.text == MARK:
            self.is_dead = True
            with suppress(Error):
                self._cdp.send("Page.crash")

    def kill(self) -> None:
        """At once. Not sent from here: it would be waited for."""
        with self.page.expect_event("crash"), suppress(Error):
            self.page.evaluate("mark => console.log(mark)", MARK)

    def dies_at(self, step: int, act: Callable[[Page], None]) -> bool:
        """Does that, and whether the page died before it was done."""
        self.page.evaluate("step => dieAt(step)", step)
        try:
            act(self.page)
            if not self.is_dead:
                self.page.evaluate("dieAt()")
        except (Error, AssertionError):
            if not self.is_dead:
                raise
        return self.is_dead


@contextmanager
def mortal(context: BrowserContext) -> Iterator[MortalPage]:
    made = MortalPage(context)
    try:
        yield made
    finally:
        made.page.close()


def kill_browser(profile: Path) -> None:
    """Every process of the browser on this profile, as when the battery is taken out."""
    for process in processes_with(str(profile)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
