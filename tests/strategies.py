"""Hypothesis strategies for masses: pairs that are near, far, apart, with zeros, tiny, huge, and of unequal totals."""

import numpy as np
from hypothesis import strategies as st

__all__ = ["logit_pairs", "masses", "moderate", "moderate_pairs", "pairs"]

LARGEST = 1e308
SMALLEST = 5e-324

sizes = st.integers(2, 8)
moderate = st.floats(1e-3, 1e3)
wide = st.floats(-300, 0).map(lambda exponent: 10.0**exponent)
subnormal = st.integers(1, 1000).map(lambda count: count * SMALLEST)
huge = st.floats(1e300, LARGEST)
counts = st.integers(1, 2**53).map(float)
sparse = st.one_of(st.just(0.0), moderate)
MASSES = (moderate, wide, subnormal, huge, counts, sparse)


def masses(size, elements=None):
    """Arrays of `size` masses of one sort, at least one of them above 0."""
    sort = st.sampled_from(MASSES) if elements is None else st.just(elements)
    arrays = sort.flatmap(lambda each: st.lists(each, min_size=size, max_size=size))
    return arrays.filter(any).map(np.array)


@st.composite
def near_pairs(draw):
    """q within a relative 1e-1 to 1e-15 of p, as it is or on another scale, in part or everywhere."""
    p = draw(masses(draw(sizes), draw(st.sampled_from((moderate, wide, counts)))))
    closeness = 10.0 ** -draw(st.integers(1, 15))
    moves = draw(st.lists(st.sampled_from((-1.0, -0.3, 0.0, 0.7, 1.0)), min_size=len(p), max_size=len(p)))
    return p, p * (1 + closeness * np.array(moves)) * draw(st.sampled_from((1.0, 1.0, 0.25, 3.0, 1e6)))


@st.composite
def far_pairs(draw):
    size = draw(sizes)
    return draw(masses(size)), draw(masses(size))


@st.composite
def apart_pairs(draw):
    """Supports that do not meet."""
    size = draw(sizes)
    p, q = draw(masses(size)), draw(masses(size))
    return np.append(p, np.zeros(size)), np.append(np.zeros(size), q)


@st.composite
def nested_pairs(draw):
    """One support a part of the other's."""
    size = draw(sizes)
    p, q = draw(masses(size, moderate)), draw(masses(size, moderate))
    q[draw(st.integers(0, size - 1))] = 0
    return draw(st.sampled_from(((p, q), (q, p))))


@st.composite
def mixed_pairs(draw):
    """Each mass of a sort of its own, so that one may be 5e-324 beside 1e308."""
    size = draw(sizes)
    element = st.one_of(*MASSES)
    return draw(masses(size, element)), draw(masses(size, element))


@st.composite
def moderate_pairs(draw):
    """Masses between 1e-3 and 1e3, zeros on either side: nothing here leaves the range of a double."""
    size = draw(sizes)
    return draw(masses(size, sparse)), draw(masses(size, sparse))


@st.composite
def logit_pairs(draw):
    """Scores of P and Q, near or far, up to a constant."""
    size = draw(sizes)
    score = st.integers(-600_000, 600_000).map(lambda thousandths: thousandths / 1000)
    p = np.array(draw(st.lists(score, min_size=size, max_size=size)))
    step = draw(st.sampled_from((1e-13, 1e-9, 1e-6, 1e-3, 0.1, 1.0, 100.0)))
    moves = draw(st.lists(st.integers(-10, 10), min_size=size, max_size=size))
    return p, p + step / 10 * np.array(moves) + draw(st.sampled_from((0.0, 5.0, 1e3)))


pairs = st.one_of(near_pairs(), far_pairs(), apart_pairs(), nested_pairs(), mixed_pairs(), moderate_pairs())
