"""A contact form from a spreadsheet, for the console: read, answered and forgotten. Forms are no secret."""

from __future__ import annotations

import asyncio
from typing import Annotated

from msgspec import Meta, Struct

from server.api.hub import Hub
from server.api.limits import limited, limited_forms
from server.api.problems import LIMITED, READS_BODY, answers
from server.api.wire import Body, Wire, post
from server.converted import LARGEST_SHEET, Converted, Job, convert_apart
from sync.errors import TooFastError

_AT_ONCE = asyncio.Semaphore(1)
"""Each takes a processor for a second or two: coordinators can wait, phones that push cannot."""


class Sheet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`language`: of labels that do not say theirs."""

    sheet: Annotated[bytes, Meta(max_length=LARGEST_SHEET)]
    language: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"


@post(
    "/forms",
    dto=Body[Sheet],
    guards=[limited, limited_forms],
    status_code=200,
    operation_id="convertForm",
    summary="A spreadsheet (XLSForm, .xlsx or .csv) as a form, or what is wrong with it; nothing is kept",
    responses=answers(*READS_BODY, *LIMITED),
)
async def convert_form(hub: Hub, data: Sheet) -> Wire[Converted]:
    if _AT_ONCE.locked():
        raise TooFastError("another form is being read", retry_after=5)
    async with _AT_ONCE:
        return Wire(await convert_apart(Job(name="form", data=data.sheet, language=data.language)))
