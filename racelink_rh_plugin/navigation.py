"""An entry for RaceLink in RotorHazard's navigation, for which RotorHazard has no API.

One list item goes into the HTML of every page, before the menu of three dots. Where that menu is not found, or the page
is streamed or not HTML, nothing happens.
"""

from __future__ import annotations

import re

from flask import Response

_MENU = re.compile(rb'(<nav id="nav-main">.*?)(\s*<li class="extra">)', re.DOTALL)


def add_tab(response: Response, path: str) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or response.direct_passthrough:
        return response
    entry = f'\n\t\t\t\t<li class="admin-hide"><a href="{path}">RaceLink</a></li>'.encode()
    page = response.get_data()
    changed = _MENU.sub(lambda found: found[1] + entry + found[2], page, count=1)
    if changed != page:
        response.set_data(changed)
    return response
