"""Labels that stay in their buffer are the labels that they stand for, and are found as a dict would find them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.core.distributions.alignment import align
from klcli.core.distributions.distribution import read_as
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.label_hashes import HashOrder
from klcli.core.distributions.label_texts import MULTIPLIERS, HashedText, PackedText, is_utf8
from klcli.core.distributions.labels import are_equal, have_repeats, positions
from klcli.core.distributions.raw_numbers import RawNumbers

some = settings(max_examples=200)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
lists = st.lists(texts, min_size=1, max_size=12)
different = st.lists(texts, min_size=1, max_size=12, unique=True)


def packed(words, *, before=b"", after=b""):
    """The words one after the other, with nothing between them that could tell them apart."""
    encoded = [word.encode() for word in words]
    lengths = np.array([len(each) for each in encoded], dtype=np.int64)
    starts = len(before) + np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    return PackedText(before + b"".join(encoded) + after, starts, lengths)


UNIVERSE = ["a", "b", "c", "d", "e"]
words_of_five = st.lists(st.sampled_from(UNIVERSE), min_size=1, max_size=8)
hashes_of_five = st.lists(
    st.one_of(st.integers(0, 20), st.integers(0, 2**64 - 1), st.just(2**64 - 1)), min_size=5, max_size=5, unique=True
)


def hashed(words, hashes):
    """The words, known by hashes: one for each of the five."""
    numbers = np.array([hashes[UNIVERSE.index(word)] for word in words], dtype=np.uint64)
    return HashedText(numbers, words.__getitem__, lambda: packed(words))


@some
@given(these=words_of_five, those=words_of_five, hashes=hashes_of_five)
def test_hashed_texts_are_compared_as_the_texts_are(these, those, hashes):
    ours, theirs = hashed(these, hashes), hashed(those, hashes)
    assert list(ours) == [ours[index] for index in range(len(ours))] == these
    assert (ours[-1], list(ours[1:])) == (these[-1], these[1:])
    assert (
        are_equal(ours, theirs) == (these == those) == are_equal(ours, packed(those)) == are_equal(tuple(these), theirs)
    )
    assert have_repeats(ours) == (len(set(these)) < len(these))
    different = list(dict.fromkeys(those))
    expected = [different.index(word) if word in different else -1 for word in these]
    if not have_repeats(ours):
        assert positions(ours, among=hashed(different, hashes)).tolist() == expected
        assert positions(ours, among=packed(different)).tolist() == expected
        assert positions(tuple(these), among=hashed(different, hashes)).tolist() == expected


@some
@given(hashes=st.lists(st.one_of(st.integers(0, 9), st.integers(2**64 - 9, 2**64 - 1)), min_size=1, max_size=30))
def test_hashes_are_put_in_order_though_their_first_bits_are_equal(hashes):
    found = HashOrder.of(np.array(hashes, dtype=np.uint64))
    assert [hashes[index] for index in found.order] == sorted(hashes)
    assert found.have_repeats == (len(set(hashes)) < len(hashes))


def test_where_many_labels_differ_the_texts_decide_and_not_the_hashes():
    count = 2**17 + 1  # of so many on either side, two may well have one hash by chance
    texts = list(map(str, range(count)))
    these = HashedText(np.arange(count, dtype=np.uint64), None, lambda: texts)
    those = HashedText(np.arange(count, 2 * count, dtype=np.uint64), None, lambda: texts[::-1])
    few = HashedText(np.array([2 * count], dtype=np.uint64), None, lambda: texts[:1])
    assert positions(these, among=those).tolist() == list(range(count))[::-1]
    assert positions(few, among=these).tolist() == [-1]


def test_one_text_is_read_alone_and_all_of_them_once_many_are_asked_for():
    asked = []

    def every():
        asked.append("every")
        return [str(index) for index in range(200)]

    found = HashedText(np.arange(200, dtype=np.uint64), lambda index: asked.append(index) or str(index), every)
    assert [found[index] for index in range(200)] == [str(index) for index in range(200)]
    assert asked == [*range(100), "every"]


@some
@given(p=words_of_five, q=words_of_five, hashes=hashes_of_five)
def test_labels_are_joined_in_one_order_however_they_are_held(p, q, hashes):
    p, q = list(dict.fromkeys(p)), list(dict.fromkeys(q))

    def joined(hold):
        sides = [RawNumbers(np.arange(1.0, len(side) + 1), hold(side)) for side in (p, q)]
        found = align(*(read_as(KINDS.lookup("counts"), each) for each in sides))
        names = [found.outcome(index) for index in range(len(found.p))]
        assert names == list(found.labels) == list(found.labels[:])
        return names, found.p.tolist(), found.q.tolist(), found.notes

    assert joined(tuple) == joined(packed) == joined(lambda side: hashed(side, hashes))


@some
@given(words=lists)
def test_packed_texts_are_a_sequence_of_the_texts(words):
    found = packed(words)
    assert list(found) == words
    assert [found[index] for index in range(len(found))] == words
    assert list(found[1:]) == words[1:]


@some
@given(words=lists, after=st.sampled_from([b"", b"x", b"xxxxxxxxxxxx"]))
def test_the_words_of_a_text_are_its_bytes_and_nothing_else(words, after):
    found = packed(words, before=b"12345678", after=after).words
    assert [row.astype("<u8").tobytes().rstrip(b"\0") for row in found] == [word.encode() for word in words]


@some
@given(these=lists, those=lists)
def test_packed_texts_are_equal_where_the_texts_are(these, those):
    assert are_equal(packed(these), packed(those)) == (these == those)
    assert are_equal(packed(these), tuple(those)) == (these == those)
    assert are_equal(packed(these, before=b"before it"), packed(these, after=b"and after it"))


@some
@given(words=st.lists(st.sampled_from(["a", "b", "ab", "aaaaaaaa", "aaaaaaaab"]), min_size=1, max_size=4))
def test_repeats_are_seen(words):
    assert have_repeats(packed(words)) == (len(set(words)) < len(words))


@some
@given(
    these=lists.map(lambda words: list(dict.fromkeys(words))), those=lists.map(lambda words: list(dict.fromkeys(words)))
)
def test_positions_are_those_of_a_dict(these, those):
    expected = [those.index(word) if word in those else -1 for word in these]
    assert positions(packed(these), among=packed(those)).tolist() == expected
    assert positions(tuple(these), among=packed(those)).tolist() == expected


def texts_with_one_hash(count):
    """Texts of two words whose sums of mixed words are equal: the first word undoes what the second changes."""
    first, second = (np.uint64(each) for each in MULTIPLIERS[:2])
    inverse = np.uint64(pow(int(first), -1, 2**64))
    ends = np.random.default_rng(0).integers(1, 128, (count * 1_000, 8), dtype=np.uint8).view(np.uint64)[:, 0]
    mixed = ends * second
    product = -((mixed ^ (mixed >> np.uint64(32))) * second) * inverse
    words = np.stack([(product ^ (product >> np.uint64(32))) * inverse, ends], axis=1).view(np.uint8)
    return [bytes(word).decode() for word in words[((words > 0) & (words < 128)).all(axis=1)][:count]]


def test_hashes_that_meet_by_chance_mislead_nobody():
    a, b, c = texts_with_one_hash(3)
    assert len(set(packed([a, b, c]).by_hash.hashes.tolist())) == 1
    assert positions(packed([a, b, c]), among=packed([c, a])).tolist() == [1, -1, 0]
    assert positions(packed([b]), among=packed([a])).tolist() == [-1]
    assert not have_repeats(packed([a, b, c]))


def test_long_texts_are_compared_as_they_are():
    these, those = ["a" * 100, "b"], ["b", "a" * 100]
    assert packed(these).words is None
    assert positions(packed(these), among=packed(those)).tolist() == [1, 0]
    assert not have_repeats(packed(these))


@pytest.mark.parametrize("data", [b"", b"abc", "é".encode() * 100_000, b"x" + "𝄞".encode() * 50_000])
def test_valid_utf_8_is_seen_across_the_pieces(data):
    assert is_utf8(data)


@pytest.mark.parametrize("data", [b"\xff", "é".encode()[:1], b"a" * 100_000 + b"\xe9", b"\xed\xa0\x80"])
def test_what_is_no_utf_8_is_seen(data):
    assert not is_utf8(data)
