"""The font of the formulas: STIX Two Math, which ziamath brings along, cut to what is written.

Without such a font a browser cannot stretch brackets and roots, and many systems have none. It is
under the SIL Open Font License, and its copyright and licence stay inside the file.
"""

import base64
import io
from importlib.resources import files

from fontTools import subset
from fontTools.ttLib import TTFont


def formula_font(text: str) -> str:
    """A data: URL of the font with the characters of this text, in all sizes that formulas need."""
    options = subset.Options(
        flavor="woff", layout_features=["ssty", "dtls"], name_IDs=["*"], hinting=False
    )
    source = files("ziamath.fonts").joinpath("STIXTwoMath-Regular.ttf").read_bytes()
    font = TTFont(io.BytesIO(source), recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    font.flavor = options.flavor
    cut = io.BytesIO()
    font.save(cut)
    return f"data:font/woff;base64,{base64.b64encode(cut.getvalue()).decode()}"
