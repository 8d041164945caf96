"""The file that llama.cpp writes with `--kl-divergence-base`: 16-bit log-probabilities of every evaluated token.

Layout, little-endian: `_logits_`, int32 n_ctx, n_vocab, n_chunk, the tokens int32[n_ctx·n_chunk], and for each chunk
n_ctx - 1 - n_ctx/2 rows: float32 scale, float32 least, and n_vocab uint16 u (one more if n_vocab is odd).
log p = scale·u + least, where scale = (largest - least)/65535. Logits more than 16 below the largest are clipped to
that bound, as u = 0. Row i of a chunk predicts the token at n_ctx/2 + i + 1.

Accuracy: each log p has an error of up to scale/2. It changes KL(P‖Q) by its covariance with log(p/q), at most
scale/2·σ(log(p/q)), about scale·√(KL/2); where P and Q are equal it leaves Var(error)/2: scale²/24 for uniform errors,
at most scale²/8. Clipped outcomes add at most their mass to the KL from a model to its own file, and more in the other
direction: their mass times the distance by which they were raised.

Source: ggml-org/llama.cpp, tools/perplexity/perplexity.cpp, log_softmax and kl_divergence.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array, Mask
from klcli.notes import Note, outcomes_clipped, sixteen_bits
from klcli.sources.bytes.binary_reads import read_array, read_up_to
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.input_format import INPUT_FORMATS, InputFormat
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_source import RowBlock, RowSource, numbered

__all__ = ["LlamaBase", "open_llama_base"]

_MAGIC = b"_logits_"
_HEADER = len(_MAGIC) + 12
_CLIP = 16.0  # nats below the largest, where log-probabilities are clipped
_STEPS = 65535
_CHUNK = "chunk"  # a column that can be asked for: the number of the chunk
_SLACK = 1e-3  # for float32 rounding of scale, least and the sum


def open_llama_base(source: ByteSource, query: RowQuery) -> RowSource:
    """Returns the rows of a base file."""
    query.refuse_array(source.name)
    return LlamaBase(source, query)


INPUT_FORMATS.add("llama", InputFormat(
    "llama", "the base file of llama.cpp's --kl-divergence-base, with the tokens that occurred",
    open_rows=open_llama_base, recognises=lambda head: head.startswith(_MAGIC),
))  # fmt: skip


class LlamaBase(RowSource):
    """The evaluated positions; `kind` is logits, as clipped probabilities may sum to more than 1.

    Raises:
        Unreadable: the header is not that of such a file, or the file is shorter or longer than the header says.
    """

    kind = "logits"
    outcomes: int
    count: int

    def __init__(self, source: ByteSource, query: RowQuery) -> None:
        self.name = source.name
        self._source = source
        self.columns = tuple(name for name in query.others if name == _CHUNK)
        with source.reading(), ExitStack() as stack:
            stream = stack.enter_context(source.open())
            head = stream.read(_HEADER)
            if not head.startswith(_MAGIC):
                raise source.unreadable(f"byte 0: {head[:8]!r}, not {_MAGIC!r}, with which a base file begins")
            if len(head) < _HEADER:
                raise source.unreadable(f"truncated: it ends at byte {len(head)}, within its header")
            context, vocabulary, chunks = map(int, np.frombuffer(head, "<i4", offset=len(_MAGIC)))
            for at, number, least, what in (
                (8, context, 3, "n_ctx"), (12, vocabulary, 1, "n_vocab"), (16, chunks, 1, "n_chunk")
            ):  # fmt: skip
                if number < least:
                    raise source.unreadable(f"byte {at}: {what} is {number}, which is not possible")
            self._first = _HEADER + 4 * context * chunks
            self._bytes = 2 * (2 * ((vocabulary + 1) // 2) + 4)
            self._per_chunk = context - 1 - context // 2
            self.outcomes, self.count = vocabulary, self._per_chunk * chunks
            end = self._first + self.count * self._bytes
            if source.path is not None and source.size != end:
                found = "truncated" if source.size < end else "corrupt"
                raise source.unreadable(
                    f"{found}: it ends at byte {source.size:,}, but n_ctx {context}, n_vocab {vocabulary:,} and "
                    f"n_chunk {chunks:,} make {end:,}"
                )
            self._targets = self._read_targets(stream, context, chunks)
            self._stream: IO[bytes] | None = None
            if source.is_stream:
                self._stream = stream
                stack.pop_all()  # `blocks` reads on
        self._step = self._raised = 0.0

    def _read_targets(self, stream: IO[bytes], context: int, chunks: int) -> NDArray[np.int32]:
        data = read_up_to(stream, 4 * context * chunks)
        if len(data) < 4 * context * chunks:
            raise self._source.unreadable(f"truncated: it ends at byte {_HEADER + len(data):,}, within its tokens")
        tokens = np.frombuffer(data, "<i4").reshape(chunks, context)
        wrong = np.flatnonzero((tokens < 0) | (tokens >= self.outcomes))
        if wrong.size:
            found = f"the token {tokens.flat[wrong[0]]} is not one of {self.outcomes:,}"
            raise self._source.unreadable(f"byte {_HEADER + 4 * int(wrong[0]):,}: {found}")
        return np.ascontiguousarray(tokens[:, context // 2 + 1 :]).ravel()

    @property
    def notes(self) -> tuple[Note, ...]:  # type: ignore[override]
        """The bound that 16 bits put on the accuracy of a KL; known once rows were read."""
        if not self._step:
            return ()
        notes = [sixteen_bits(self.name, self._step)]
        if self._raised:
            notes.append(outcomes_clipped(self.name, _CLIP, self._raised))
        return tuple(notes)

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        with self._source.reading(), closing(self._stream or self._source.open()) as stream:
            if not self._source.is_stream:
                stream.seek(self._first)
            for first in range(0, self.count, rows):
                wanted = min(rows, self.count - first)
                data = read_array(stream, wanted * self._bytes)
                if len(data) < wanted * self._bytes:
                    end = self._first + first * self._bytes + len(data)
                    row = first + len(data) // self._bytes + 1
                    raise self._source.unreadable(
                        f"truncated: it ends at byte {end:,}, in row {row:,} of {self.count:,}"
                    )
                raw = data.reshape(wanted, self._bytes)
                targets = self._targets[first : first + len(raw)]
                chunks = [str((first + row) // self._per_chunk + 1) for row in range(len(raw))]
                columns = dict.fromkeys(self.columns, chunks)
                yield RowBlock(self._logarithms(raw, first), first, numbered(first), columns=columns, targets=targets)

    def _logarithms(self, raw: NDArray[np.uint8], first: int) -> Array:
        """Returns log p, shape (n, n_vocab), in doubles: float32 would round once more."""
        steps = raw[:, 8 : 8 + 2 * self.outcomes].copy().view("<u2")
        with np.errstate(all="ignore"):  # a damaged file may hold a signalling NaN
            scale, least = (column.astype(np.float64) for column in raw[:, :8].copy().view("<f4").T)
            span = scale * _STEPS
            possible = (scale >= 0) & (span <= _CLIP + _SLACK) & (least <= _SLACK) & np.isfinite(least)
        self._refuse(first, ~possible, 0, "no valid scale and least log-probability")
        values: NDArray[Any] = steps * scale[:, None]
        values += least[:, None]
        is_raised = (steps == 0) & (span >= _CLIP - _SLACK)[:, None]
        mass = np.exp(values)
        raised = np.where(is_raised, mass, 0.0).sum(axis=1)
        off = np.abs(mass.sum(axis=1) - 1)
        self._refuse(first, ~(off <= raised + np.expm1(scale / 2) + _SLACK), 8, "probabilities that do not sum to 1")
        self._step = max(self._step, float(scale.max()))
        self._raised = max(self._raised, float(raised.max()))
        return values

    def _refuse(self, first: int, wrong: Mask, offset: int, found: str) -> None:
        if wrong.any():
            row = first + int(np.argmax(wrong))
            at = self._first + row * self._bytes + offset
            raise self._source.unreadable(f"byte {at:,}: {found}, in row {row + 1:,}: the file is corrupt")
