"""Correctly rounded float64 values of elementary functions at awkward points, by mpmath: writes elementary.json.

    pip install mpmath && python elementary.py

Each value is computed with 1200 bits and again with 2400; the two have to round to the same float64. Results that
overflow are left out; those that underflow to 0, with its sign, are kept. `sin` and `cos` stay below 1e6 in size, as
far as a reduction with pi/2 in three parts reaches; `sinFar` and `cosFar` are beyond.
"""

import math
from fractions import Fraction

import mpmath

from write import write

TINY = 5e-324  # the least subnormal
NORMAL = 2.2250738585072014e-308  # the least normal
HUGE = 1.7976931348623157e308  # the largest
EPSILON = 2.0**-52


def beside(*points):
    """Each point between its two neighbours."""
    return [y for x in points for y in (math.nextafter(x, -math.inf), x, math.nextafter(x, math.inf))]


def signed(points):
    return [y for x in points for y in (x, -x)]


SMALL = [0.0, TINY, 3e-310, NORMAL, 1e-200, 1e-20, 2.0**-54, 2.0**-53, 2.0**-28, 1e-5, 0.001, 0.1]

POINTS = {
    # Overflow is above 709.7827, subnormals below -708.3964, and 0 below -745.1332; halves of ln 2 are where the
    # reduction changes its multiple.
    "exp": signed(SMALL)
    + signed(beside(math.log(2) / 2, 1.5 * math.log(2)) + [0.5, 1, 2, 10, 88.7, 300.25, 700, 709.7])
    + beside(709.782712893384, -708.3964185322641, -745.1332191019412)
    + [709.0895657128241, -720.5, -740.1, -744.4400719213812, -746, -1e4, -HUGE],
    "expm1": signed(SMALL)
    + signed(beside(math.log(2) / 2, 1.5 * math.log(2)) + [0.25, 0.5, 1, 2, 10, 13.9, 20.1, 36.7, 38.9, 39.5, 56.5])
    + beside(709.782712893384)
    + [88.7, 300.25, 709.0895657128241, -100, -745.2, -HUGE],
    # sqrt(1/2) and sqrt(2) bound the fraction whose logarithm is taken.
    "log": [TINY, 1e-323, 3e-310, 1.2345e-309, NORMAL, 1e-300, 1e-200, 1e-100, 1e-20, 1e-10, 1e-5, 0.001, 0.1, 0.25]
    + beside(1, math.sqrt(0.5), math.sqrt(2), math.e, 2, 0.5, 4096, 2.0**1023)
    + [1 + 1e-10, 1 - 1e-10, 1.0001, 0.9999, 1.01, 0.99, 0.9, 1.1, 3, 5, 7.38905609893065, 10, 100, 1e10, 1e50]
    + [1e100, 1e200, 1e300, HUGE],
    "log1p": signed(SMALL)
    + beside(math.sqrt(2) - 1, math.sqrt(0.5) - 1, 0.4142, -0.2928, 1, -0.5)
    + [-1 + EPSILON / 2, -1 + EPSILON, -1 + 1e-10, -0.999, -0.9, -0.75, 0.25, 0.5, 0.7, 2, 3, 5, 10, 1e3]
    + [2.0**52 - 1, 2.0**53, 2.0**53 + 2, 1e10, 1e100, HUGE],
    "tanh": signed(SMALL)
    + signed(beside(1, 22, math.log(3) / 2) + [0.25, 0.7, 1.5, 2, 3, 5, 10, 15.5, 18.7, 19.0625, 50, 710, HUGE]),
    # The intervals of fdlibm's erf end at 0.84375, 1.25, 1/0.35 and 6.
    "erf": signed(SMALL)
    + signed(beside(0.84375, 1.25, 1 / 0.35, 6) + [0.25, 0.5, 0.7, 1, 1.1, 1.7, 2.2, 3.5, 4.5, 5.5, 5.9, 27, HUGE]),
}

# Near multiples of pi/2 the argument's reduction cancels; 6381956970095103·2^797 is the float64 nearest to one (J.-M.
# Muller, "Elementary Functions").
ANGLES = (
    signed(SMALL)
    + signed(beside(math.pi / 4, math.pi / 2, math.pi))
    + [0.5, 1, 2, 3, 3 * math.pi / 4, 3 * math.pi / 2, 2 * math.pi, 10, 22, 100 * math.pi, 355, 1e3, -1e3, 1e4]
    + [52174 * math.pi, 1e5, 99999.5, 312689, 573204 * math.pi / 2, 636617 * math.pi / 2, 999999.5, -1e6, 1e6]
)
FAR_ANGLES = signed(
    [1e7, 823549.6640625 * 4, 2.0**20 * math.pi, 2.0**31, 2.0**52 + 0.5, 1e16, 1e22, 1e50, 1e100, 1e200]
    + [6381956970095103 * 2.0**797, 2.0**1023, HUGE]
)
POINTS |= {"sin": ANGLES, "cos": ANGLES, "sinFar": FAR_ANGLES, "cosFar": FAR_ANGLES}

POWERS = (
    [(x, y) for x in (0.5, 0.9, 0.999, 1.5, 10.0) for y in (0.0, 1.0, -1.0, 2.0, 3.0, 0.5, -0.5, 1 / 3, 17.0, -2.5)]
    + [(1 + EPSILON, y) for y in (2.0, 1e10, 2.0**52, -(2.0**52), 2.0**60, 3e18)]
    + [(1 - EPSILON / 2, y) for y in (2.0, 1e10, 2.0**53, -(2.0**53), 6e18)]
    + [(2.0, y) for y in (0.1, 10.0, 16.0, 1023.0, 1023.999, -1022.0, -1022.5, -1074.0, -1074.5, -1080.0)]
    + [(x, y) for x in (-2.0, -0.7) for y in (2.0, 3.0, -3.0, 17.0, 100.0, 101.0, -51.0)]
    # The beta^t of Adam's correction, and 0.96^(t·decay) of NAdam's.
    + [(b, t) for b in (0.9, 0.99, 0.999) for t in (1.0, 5.0, 16.0, 17.0, 100.0, 1000.0, 10000.0)]
    + [(0.96, t * 0.004) for t in (1.0, 2.0, 60.0, 1000.0)]
    + [(TINY, 0.5), (TINY, 0.1), (TINY, -0.9), (3e-310, 0.5), (3e-310, -0.99), (NORMAL, 0.75), (NORMAL, -1.0)]
    + [(HUGE, 0.5), (HUGE, -1.0), (HUGE, 0.999), (HUGE, -0.25), (HUGE, 0.0), (1e20, -16.0), (1e-20, 16.0)]
    + [(1e154, 2.0), (1e-162, 2.0), (-1e-110, 3.0), (-1e-30, 11.0), (-1e-20, 17.0), (1.1, 7000.0), (1.1, -7500.0)]
    + [(0.0, 2.0), (0.0, 0.5), (-0.0, 3.0), (-0.0, 2.0), (1.0, 1e300), (-1.0, 1e15 + 1), (1e-25, 13.0)]
)


def rounded(function, arguments, bits):
    """The float64 nearest to function(arguments), ties to even; subnormals are rounded once. Fractions do that."""
    with mpmath.workprec(bits):
        value = function(*(mpmath.mpf(x) for x in arguments))
        sign, mantissa, exponent, width = value._mpf_  # an odd whole number of that many bits, times 2^exponent
    if exponent + width < -1100:
        return 0.0
    if exponent + width > 1100:
        raise OverflowError
    return float((-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent)


def row(name, *arguments):
    """The arguments and the value, or nothing where it overflows."""
    name = name.removesuffix("Far")
    function = mpmath.power if name == "pow" else getattr(mpmath, name)
    try:
        value, again = (rounded(function, arguments, bits) for bits in (1200, 2400))
        rough = getattr(math, name)(*arguments)
    except OverflowError:
        return None
    assert value == again, (name, arguments)
    # The C library is a check against slips, and gives the sign of a zero, which a Fraction lacks.
    assert math.isclose(value, rough, rel_tol=1e-13, abs_tol=2 * TINY), (name, arguments, value, rough)
    return [*arguments, math.copysign(value, rough)]


def rows(name, arguments):
    unique = {tuple(x.hex() for x in point): point for point in arguments}  # 0 and -0 are two
    return [r for r in (row(name, *point) for point in unique.values()) if r is not None]


if __name__ == "__main__":
    document = {name: rows(name, [(float(x),) for x in points]) for name, points in POINTS.items()}
    write(__file__, document | {"pow": rows("pow", POWERS)})
