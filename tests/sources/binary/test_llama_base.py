"""The base file of llama.cpp: what it writes is read back to its rounding, and damage is found at its byte."""

import gzip
import struct

import numpy as np
import pytest
from row_files import llama_base

from klcli.errors import InputError
from klcli.sources.rows.open_rows import open_rows

CONTEXT, VOCABULARY, CHUNKS = 8, 7, 2
ROWS = CHUNKS * (CONTEXT - 1 - CONTEXT // 2)
FIRST = 20 + 4 * CONTEXT * CHUNKS  # byte at which the rows begin
ROW = 2 * (2 * ((VOCABULARY + 1) // 2) + 4)
random = np.random.default_rng(6)
LOGITS = random.normal(0, 3, (ROWS, VOCABULARY)).astype(np.float32)
TOKENS = random.integers(0, VOCABULARY, CONTEXT * CHUNKS)
DATA = llama_base(LOGITS, TOKENS, CONTEXT)


@pytest.fixture
def opened(tmp_path):
    def write(data):
        (tmp_path / "base.bin").write_bytes(data)
        return open_rows(str(tmp_path / "base.bin"))

    return write


def log_softmax(logits):
    exact = logits.astype(np.longdouble)
    return exact - np.log(np.exp(exact).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("rows", [1, 4, 100])
def test_log_probabilities_are_read_back_within_half_a_step(opened, rows):
    source = opened(DATA)
    values = np.concatenate([block.values for block in source.blocks(rows)])
    step = (LOGITS.max(axis=1) - LOGITS.min(axis=1)) / 65535
    assert (source.outcomes, source.count) == (VOCABULARY, ROWS)
    assert (abs(values - log_softmax(LOGITS)) <= 0.5 * step[:, None] + 2e-6).all()  # float32 of the least


def test_an_even_vocabulary_has_no_padding(opened):
    logits = LOGITS[:, :6]
    (block,) = opened(llama_base(logits, TOKENS % 6, CONTEXT)).blocks(100)
    assert abs(block.values - log_softmax(logits)).max() < 2e-4


def test_the_target_of_a_row_is_the_token_that_follows(opened):
    (block,) = opened(DATA).blocks(100)
    chunks = TOKENS.reshape(CHUNKS, CONTEXT)
    assert block.targets.tolist() == chunks[:, CONTEXT // 2 + 1 :].ravel().tolist()


def test_the_chunk_of_a_row_is_a_column_that_can_be_asked_for(tmp_path):
    (tmp_path / "base.bin").write_bytes(DATA)
    source = open_rows(str(tmp_path / "base.bin"), others=["chunk", "page"])
    chunks = [chunk for block in source.blocks(2) for chunk in block.columns["chunk"]]
    assert (source.columns, chunks) == (("chunk",), ["1", "1", "1", "2", "2", "2"])


def test_a_note_gives_the_accuracy_of_sixteen_bits(opened):
    source = opened(DATA)
    list(source.blocks(100))
    (note,) = source.notes
    step = float(((LOGITS.max(axis=1) - LOGITS.min(axis=1)) / 65535).max())
    assert f"{step:.3g} nats apart" in note.text
    assert f"{step**2 / 24:.2g}".replace("e-0", "e-") in note.text


def test_a_note_names_clipped_outcomes(opened):
    logits = LOGITS.copy()
    logits[:, 0], logits[:, 1] = 0, -40
    source = opened(llama_base(logits, TOKENS, CONTEXT))
    (block,) = source.blocks(100)
    exact = np.maximum(logits, logits.max(axis=1, keepdims=True) - 16) - logits.max(axis=1, keepdims=True)
    assert (abs((block.values - block.values.max(axis=1, keepdims=True)) - exact) <= 16 / 65535).all()
    assert [note.code for note in source.notes] == ["sixteen_bits", "clipped"]
    assert "more than 16 nats below a row's largest were raised to it" in source.notes[1].text


def changed(at, data):
    return DATA[:at] + data + DATA[at + len(data) :]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (DATA[:15], "truncated: it ends at byte 15, within its head"),
        (b"_logots_" + DATA[8:], "neither its suffix '.bin' nor its first bytes"),
        (changed(8, struct.pack("<i", -1)), "byte 8: n_ctx is -1"),
        (changed(12, struct.pack("<i", 0)), "byte 12: n_vocab is 0"),
        (changed(16, struct.pack("<i", 0)), "byte 16: n_chunk is 0"),
        (changed(16, struct.pack("<i", 2**31 - 1)), f"truncated: it ends at byte {len(DATA)}, but n_ctx 8,"),
        (DATA[:-1], f"truncated: it ends at byte {len(DATA) - 1}, but"),
        (DATA + b"x", f"corrupt: it ends at byte {len(DATA) + 1}, but"),
        (changed(24, struct.pack("<i", VOCABULARY)), f"byte 24: the token {VOCABULARY} is not one of {VOCABULARY}"),
        (changed(FIRST + ROW, struct.pack("<f", np.nan)), f"byte {FIRST + ROW}: no valid scale .* in row 2"),
        (changed(FIRST, b"\x01\x00\x80\x7f"), f"byte {FIRST}: no valid scale"),  # a signalling NaN
        (changed(FIRST, struct.pack("<f", 1)), f"byte {FIRST}: no valid scale"),
        (changed(FIRST + 4, struct.pack("<f", 5)), f"byte {FIRST}: no valid scale"),
        (changed(FIRST + ROW + 8, b"\xff\xff" * VOCABULARY), f"byte {FIRST + ROW + 8}: probabilities that do"),
    ],
)  # fmt: skip
def test_damage_is_found_at_its_byte(opened, data, words):
    with pytest.raises(InputError, match=words):
        list(opened(data).blocks(100))


def test_a_compressed_file_that_claims_rows_of_gigabytes_is_truncated(tmp_path):
    path = tmp_path / "base.bin.gz"
    path.write_bytes(gzip.compress(DATA[:12] + struct.pack("<i", 2**31 - 1) + DATA[16:]))
    with pytest.raises(InputError, match=f"truncated: it ends at byte {len(DATA)}, in row 1 of {ROWS}"):
        list(open_rows(str(path)).blocks(100))
