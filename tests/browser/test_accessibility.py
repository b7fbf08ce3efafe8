"""No axe violation on any page, by day and by night, at a desk and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}


def violations(page: Page) -> list[str]:
    """What axe holds against the page, as rule and first element."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [f"{page.url} {rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in found]


def fits(page: Page) -> bool:
    """Whether nothing sticks out sideways."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE], ids=["desk", "phone"])
def test_every_page_is_accessible_and_fits(
    sign_in: Callable[..., Page],
    start_case: Callable[[Page], str],
    scheme: str,
    size: dict[str, int],
) -> None:
    options = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
    staff = sign_in("staff", **options)
    case = start_case(staff)
    staff.goto("/")
    staff.click("button:has-text('Ambil')")
    staff.wait_for_url("**/tasks/*")
    task = staff.url
    visits = {
        "staff": [task, case, "/", "/cases", "/cases/new/skp_collection", "/nowhere", "/sign-in",
                  "/cases/new/skp_collection/12"],
        "supervisor": ["/cases/supervised", case],
        "analyst": ["/processes", "/processes/1"],
    }  # fmt: skip
    for role, addresses in visits.items():
        page = staff if role == "staff" else sign_in(role, **options)
        for address in addresses:
            page.goto(address)
            diagram = page.locator("[data-diagram]")
            if diagram.count():
                diagram.scroll_into_view_if_needed()
                page.wait_for_selector("[data-diagram] svg .djs-shape")
            assert violations(page) == []
            assert fits(page), page.url
