"""What honest assignments contain: pairs of a solution and a test that it passes.

Each is something that would differ if the student's values were not handed over faithfully.
"""

from tests.grading.notebooks import IMPORTS, answer, cell, notebook, test_cell

PAIRS = {
    "counter": (
        "from collections import Counter\ndef letters(word):\n    return Counter(word)",
        'assert letters("aab") == {"a": 2, "b": 1}',
    ),
    "named": (
        "from collections import namedtuple\nPoint = namedtuple('Point', 'x y')\n"
        "def origin():\n    return Point(0, 1)",
        "assert origin() == (0, 1)\nassert origin().y == 1",
    ),
    "generator": (
        "def evens(n):\n    yield from range(0, n, 2)",
        "assert list(evens(5)) == [0, 2, 4]\nassert next(evens(1)) == 0",
    ),
    "class": (
        "class Vector:\n"
        "    dimension = 2\n"
        "    def __init__(self, x, y):\n        self.x, self.y = x, y\n"
        "    def __add__(self, other):\n        return Vector(self.x + other.x, self.y + other.y)\n"
        "    def __mul__(self, k):\n        return Vector(self.x * k, self.y * k)\n"
        "    __rmul__ = __mul__\n"
        "    def __eq__(self, other):\n        return (self.x, self.y) == (other.x, other.y)\n"
        "    def __len__(self):\n        return 2\n"
        "    def __getitem__(self, i):\n        return (self.x, self.y)[i]\n"
        "    def __repr__(self):\n        return f'Vector({self.x}, {self.y})'\n"
        "    def norm(self):\n        return (self.x**2 + self.y**2) ** 0.5",
        "v = Vector(3, 4)\n"
        "assert v.norm() == 5 and v.x == 3 and len(v) == 2\n"
        "assert v + Vector(1, 1) == Vector(4, 5)\n"
        "assert 2 * v == v * 2 == Vector(6, 8)\n"
        "assert v != Vector(0, 0)\n"
        "assert isinstance(v, Vector) and not isinstance(3, Vector)\n"
        "assert list(v) == [3, 4] and v[1] == 4\n"
        "assert repr(v) == 'Vector(3, 4)' and Vector.dimension == 2\n"
        "v.x = 10\nassert v.x == 10\n"
        "assert Vector.norm(v) == (116) ** 0.5",
    ),
    "error": (
        "class TooSmall(ValueError):\n    pass\n"
        "def root(x):\n    if x < 0:\n        raise TooSmall('negative', x)\n    return x ** 0.5",
        "try:\n    root(-1)\nexcept TooSmall as error:\n    assert error.args == ('negative', -1)\n"
        "else:\n    raise AssertionError\n"
        "try:\n    root(-1)\nexcept ValueError:\n    pass",
    ),
    "printed": (
        "def greet(name):\n    print('Hello', name)",
        "import io\nfrom contextlib import redirect_stdout\n"
        "with redirect_stdout(io.StringIO()) as out:\n    greet('Ada')\n"
        "assert out.getvalue() == 'Hello Ada\\n'",
    ),
    "in-place": (
        "def double_all(items, table, array):\n"
        "    items[0].append(9)\n    items.append(1)\n    table['new'] = 1\n    array *= 2",
        "inner = []\nitems, table, array = [inner], {'a': 0}, np.ones(3)\n"
        "double_all(items, table, array)\n"
        "assert items == [[9], 1] and items[0] is inner\n"
        "assert table == {'a': 0, 'new': 1} and array.tolist() == [2, 2, 2]",
    ),
    "same-object": (
        "def append(items, x):\n    items.append(x)\n    return items",
        "items = []\nassert append(items, 1) is items and items == [1]",
    ),
    "callback": (
        "def derivative(f, x, h=1e-5):\n    return (f(x + h) - f(x - h)) / (2 * h)\n"
        "def compose(f, g):\n    return lambda x: f(g(x))",
        "assert abs(derivative(lambda x: x**2, 3.0) - 6) < 1e-6\n"
        "assert abs(derivative(np.sin, 0.0, h=1e-4) - 1) < 1e-6\n"
        "assert compose(lambda x: x + 1, lambda x: 2 * x)(5) == 11",
    ),
    "seed": (
        "import random\ndef rolls(n):\n    return [random.randint(1, 6) for _ in range(n)]\n"
        "def noise(n):\n    return np.random.rand(n)",
        "import random\nrandom.seed(3)\nfirst = rolls(5)\n"
        "random.seed(3)\nassert rolls(5) == first\n"
        "random.seed(3)\nassert [random.randint(1, 6) for _ in range(5)] == first\n"
        "np.random.seed(0)\na = noise(3)\n"
        "np.random.seed(0)\nassert np.array_equal(a, np.random.rand(3))",
    ),
    "generator-object": (
        "def draw(rng, n):\n    return rng.standard_normal(n)",
        "a, b = np.random.default_rng(5), np.random.default_rng(5)\n"
        "assert np.array_equal(draw(a, 3), b.standard_normal(3))\nassert a.random() == b.random()",
    ),
    "uses": (
        "def square(x):\n    return x * x\ndef sum_of_squares(n):\n"
        "    return sum(square(i) for i in range(n))",
        "kept = square\ndel square\ntry:\n    sum_of_squares(3)\nexcept NameError:\n    pass\n"
        "else:\n    raise AssertionError('does not use square')\nfinally:\n    square = kept\n"
        "assert sum_of_squares(3) == 5\ncalls = []\n"
        "def square(x):\n    calls.append(x)\n    return 0\n"
        "assert sum_of_squares(3) == 0 and calls == [0, 1, 2]\nsquare = kept",
    ),
    "source": (
        "def fill(n, value=0, *, shape=(1, 2)):\n    '''Fill it.'''\n"
        "    return [value for _ in range(n)]",
        "import inspect\nassert 'for _ in' in inspect.getsource(fill)\n"
        "assert list(inspect.signature(fill).parameters) == ['n', 'value', 'shape']\n"
        "assert inspect.signature(fill).parameters['shape'].default == (1, 2)\n"
        "assert fill.__doc__ == 'Fill it.' and fill.__name__ == 'fill' and callable(fill)",
    ),
    "dtypes": (
        "def kinds():\n"
        "    return (np.float32(1), np.arange(3, dtype='int8'), 1 + 2j, b'x', {1, 2},\n"
        "            np.array(['a', 'bc']), np.array([True]), np.array([]), 10**30, float('nan'))",
        "f, i, c, b, s, u, t, e, big, nan = kinds()\n"
        "assert type(f) is np.float32 and i.dtype == np.int8 and c == 1 + 2j and b == b'x'\n"
        "assert s == {1, 2} and u.tolist() == ['a', 'bc'] and t.dtype == bool and e.shape == (0,)\n"
        "assert big == 10**30 and nan != nan",
    ),
    "variables": (
        "answer = 42\ntable = {'a': [1, 2]}\nmatrix = np.eye(2)",
        "assert answer == 42 and table['a'][1] == 2 and matrix.trace() == 2",
    ),
    "shadowed": (
        "total = sum([1, 2])\nnext_value = lambda x: x + 1",
        "assert total == 3 and next_value(1) == 2 and sum([1]) == 1",
    ),
    "cached": (
        "from functools import lru_cache\n@lru_cache(maxsize=None)\n"
        "def fibonacci(n):\n    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)",
        "assert fibonacci(50) == 12586269025",
    ),
    "awaited": (
        "import asyncio\nasync def later(x):\n    await asyncio.sleep(0)\n    return x\n"
        "result = await later(3)",
        "assert result == 3",
    ),
    "quiet": (
        "def ratio(a, b):\n    return np.array(a) / np.array(b)",
        "with np.errstate(all='ignore'):\n    assert np.isinf(ratio([1.0], [0.0]))[0]",
    ),
    "linalg": (
        "def invert(a):\n    return np.linalg.inv(a)",
        "try:\n    invert(np.zeros((2, 2)))\nexcept np.linalg.LinAlgError:\n    pass\n"
        "else:\n    raise AssertionError",
    ),
    "tolerance": (
        "def third():\n    return np.float64(1) / 3",
        "np.testing.assert_allclose(third(), 0.333, atol=1e-3)\nassert round(third(), 2) == 0.33",
    ),
}  # fmt: skip
HELPERS = "EPSILON = 0.5\ndef close(a, b):\n    return abs(a - b) <= EPSILON"
USES_HELPERS = (
    "def shift(x):\n    return x + EPSILON",
    "assert close(shift(1.0), 1.0)\nassert shift(0) == EPSILON",
)


def pairs() -> str:
    """One assignment with all of them, a point each, and a magic on the way."""
    cells = [IMPORTS, cell("%matplotlib inline\nimport math")]
    for name, (solution, test) in PAIRS.items():
        cells += [answer(solution, name), test_cell(test, f"test-{name}", 1)]
    cells += [cell(HELPERS), answer(USES_HELPERS[0], "helpers")]
    return notebook(*cells, test_cell(USES_HELPERS[1], "test-helpers", 1))
