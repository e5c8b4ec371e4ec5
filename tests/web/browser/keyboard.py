"""A person at the keyboard alone: the tab key, arrows, enter and space; no pointer."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, TimeoutError

FOCUS = """() => {
  const held = document.activeElement;
  // Beyond the last thing stands the browser's own bar; dates and times mark their parts so.
  if (held === document.body || ['date', 'time'].includes(held.type)) return true;
  const box = getComputedStyle(held.labels?.[0] ?? held, '::before').boxShadow;
  const {outlineStyle, boxShadow} = getComputedStyle(held);
  return outlineStyle !== 'none' || boxShadow !== 'none' || box !== 'none';
}"""
MOST_KEYS = 150
MOST_PRESSES, CHOOSER_MS = 5, 15_000


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tab key until something has the focus; it is to be seen wherever it stands.

    What is wanted is waited for first: no key may fall into a change of pages.
    """
    wanted.wait_for()
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS), page.evaluate("() => document.activeElement.outerHTML")
        if wanted.evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"the tab key does not come to {wanted}")


def press(page: Page, wanted: Locator) -> None:
    """Go to a link or a button, and press it."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def fill(page: Page, wanted: Locator, text: str) -> None:
    """Go to a field, and type over what stands there."""
    tab_to(page, wanted)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    assert wanted.input_value() == text


def tick(page: Page, wanted: Locator) -> None:
    """Go to a tick box, and tick it."""
    tab_to(page, wanted)
    page.keyboard.press("Space")
    assert wanted.is_checked()


def choose_person(page: Page, person_id: str) -> None:
    """Go through the people of a page that takes their word, and be one of them."""
    people = page.get_by_role("radio")
    people.first.wait_for()
    chosen = page.locator("[type=radio]:checked")
    tab_to(page, chosen if chosen.count() else people.first)
    wanted = page.locator(f"input[value='{person_id}']")
    for _ in range(people.count()):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("button", name="Continue"))


def give_file(page: Page, wanted: Locator, path: Path) -> None:
    """Go to a field for files, open the browser's own chooser, and choose one.

    A browser that is still busy with the page may not open it at the first press: whoever sees
    none presses again.
    """
    tab_to(page, wanted)
    for _ in range(MOST_PRESSES - 1):
        try:
            with page.expect_file_chooser(timeout=CHOOSER_MS) as waiting:
                page.keyboard.press("Enter")
        except TimeoutError:
            continue
        waiting.value.set_files(path)
        return
    with page.expect_file_chooser() as waiting:
        page.keyboard.press("Enter")
    waiting.value.set_files(path)
