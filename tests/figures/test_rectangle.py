"""The growing rectangle: its parts are drawn to scale, and the words name them."""

import pytest

from bplab.figures.rectangle import growing_rectangle


def test_the_parts_make_up_the_larger_rectangle():
    picture = growing_rectangle(9.0, 7.0, 0.6, 0.2)
    areas = [p.get_width() * p.get_height() for p in picture.figure.axes[0].patches]
    assert areas == pytest.approx([63, 4.2, 1.8, 0.12])
    assert sum(areas) == pytest.approx(9.6 * 7.2)


def test_the_words_tell_the_strips():
    alt = growing_rectangle(9.0, 7.0, 0.6, 0.2).alt
    assert "v·du = 4.2 on the right" in alt
    assert "u·dv = 1.8 on top" in alt
    assert "du·dv = 0.12" in alt


def test_another_strip_gives_another_digest():
    assert growing_rectangle(9, 7, 1, 1).digest != growing_rectangle(9, 7, 1, 2).digest


def test_a_length_must_be_positive():
    with pytest.raises(ValueError, match="dv must be positive, as it is a length; got -1"):
        growing_rectangle(9, 7, 1, -1)
