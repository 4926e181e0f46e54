"""Finding and dragging what lies in a plane of the widgets (bplab/widgets/shared/plane.js)."""

SIZE, LEFT, RIGHT, BOTTOM = 350, 34, 12, 24


def button(view, name):
    return view.get_by_role("button", name=name, exact=True)


def part(view, name):
    return view.get_by_role("slider", name=name, exact=True)


def drag(view, name, to):
    """Move a part by mouse to coordinates of its plane."""
    handle, mouse = part(view, name), view.page.mouse
    handle.scroll_into_view_if_needed()
    low, high = (float(handle.get_attribute(f"aria-value{end}")) for end in ("min", "max"))
    box = handle.locator("xpath=ancestor::*[local-name()='svg']").bounding_box()
    scale = box["width"] / SIZE
    unit = (SIZE - LEFT - RIGHT) / (high - low) * scale
    start = handle.locator(".bplab-ring").bounding_box()
    mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    mouse.down()
    x = box["x"] + LEFT * scale + (to[0] - low) * unit
    y = box["y"] + box["height"] - BOTTOM * scale - (to[1] - low) * unit
    mouse.move(x, y, steps=4)
    mouse.up()


def focus_is_visible(page):
    """Has what is focused a ring, and does it keep its keys from JupyterLab?"""
    return page.evaluate("""() => {
        const on = document.activeElement;
        const ring = on.querySelector(".bplab-ring");
        const seen = ring
            ? getComputedStyle(ring).strokeWidth === "3px"
            : getComputedStyle(on).outlineStyle === "solid";
        return seen && on.hasAttribute("data-lm-suppress-shortcuts");
    }""")


def walk(view, first):
    """Press Tab from the first control to the last; how many there were."""
    first.focus()
    reached = 0
    while view.evaluate("(root) => root.contains(document.activeElement)") and reached < 60:
        assert focus_is_visible(view.page)
        view.page.keyboard.press("Tab")
        reached += 1
    return reached
