"""The file that llama.cpp writes with `--kl-divergence-base`: log-probabilities of every evaluated token, in 16 bits.

`_logits_`, then int32 n_ctx, n_vocab, n_chunk, the tokens int32[n_ctx·n_chunk], and for each chunk n_ctx - 1 - n_ctx/2
rows: float32 scale, float32 least, and n_vocab numbers u of 16 bits (one more where n_vocab is odd), all little-endian.
log p = scale·u + least, where scale = (largest - least)/65535. Logits more than 16 below the largest are raised to it,
as u = 0. Row i of a chunk predicts the token at n_ctx/2 + i + 1.

What 16 bits leave: each log p is off by up to scale/2, which moves KL(P‖Q) by the covariance of that error with
log(p/q), at most scale/2·σ(log(p/q)), about scale·√(KL/2), and where P and Q agree leaves Var(error)/2: scale²/24 if
the errors are uniform, at most scale²/8. Raised outcomes add at most their mass to the KL from a model to its own file,
and more to that from the file to the model: their mass times how far they were raised.

Source: ggml-org/llama.cpp, tools/perplexity/perplexity.cpp, log_softmax and kl_divergence.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array, Mask
from klcli.notes import Note, outcomes_clipped, sixteen_bits
from klcli.sources.bytes.byte_source import Origin, bytes_of, read_into, read_up_to
from klcli.sources.rows.row_source import RowBlock, RowQuery, RowSource, numbered, row_format

__all__ = ["LlamaBase", "open_llama_base"]

_MAGIC = b"_logits_"
_HEADER = len(_MAGIC) + 12
_CLIP = 16.0  # nats below the largest, where log-probabilities are clipped
_STEPS = 65535
_CHUNK = "chunk"  # a column that can be asked for: the rows of a chunk share their text
_SLACK = 1e-3  # of float32 arithmetic on scale, least and the sum


@row_format("llama", summary="the base file of llama.cpp's --kl-divergence-base, with the tokens that occurred")
def open_llama_base(origin: Origin, query: RowQuery) -> RowSource:
    """Returns the rows of a base file."""
    query.refuse_array(origin.name)
    return LlamaBase(origin, query)


class LlamaBase(RowSource):
    """Evaluated positions: `kind` is logits, as what was clipped may sum to more than 1 and is normalised here.

    Raises:
        Unreadable: the head is not that of such a file, or the file is shorter or longer than its head says.
    """

    kind = "logits"
    outcomes: int
    count: int

    def __init__(self, origin: Origin, query: RowQuery) -> None:
        self.name = origin.name
        self._origin = origin
        self.columns = tuple(name for name in query.others if name == _CHUNK)
        with origin.reading(), ExitStack() as stack:
            stream = stack.enter_context(origin.open())
            head = stream.read(_HEADER)
            if not head.startswith(_MAGIC):
                raise origin.unreadable(f"byte 0: {head[:8]!r}, not {_MAGIC!r}, with which a base file begins")
            if len(head) < _HEADER:
                raise origin.unreadable(f"truncated: it ends at byte {len(head)}, within its head")
            context, vocabulary, chunks = map(int, np.frombuffer(head, "<i4", offset=len(_MAGIC)))
            for at, number, least, what in (
                (8, context, 3, "n_ctx"), (12, vocabulary, 1, "n_vocab"), (16, chunks, 1, "n_chunk")
            ):  # fmt: skip
                if number < least:
                    raise origin.unreadable(f"byte {at}: {what} is {number}, which is not possible")
            self._first = _HEADER + 4 * context * chunks
            self._bytes = 2 * (2 * ((vocabulary + 1) // 2) + 4)
            self._per_chunk = context - 1 - context // 2
            self.outcomes, self.count = vocabulary, self._per_chunk * chunks
            end = self._first + self.count * self._bytes
            if origin.size is not None and origin.size != end:
                found = "truncated" if origin.size < end else "corrupt"
                raise origin.unreadable(
                    f"{found}: it ends at byte {origin.size:,}, but n_ctx {context}, n_vocab {vocabulary:,} and "
                    f"n_chunk {chunks:,} make {end:,}"
                )
            self._targets = self._read_targets(stream, context, chunks)
            self._stream: IO[bytes] | None = None
            if origin.is_stream:
                self._stream = stream
                stack.pop_all()  # it is read on
        self._step = self._raised = 0.0

    def _read_targets(self, stream: IO[bytes], context: int, chunks: int) -> NDArray[np.int32]:
        data = read_up_to(stream, 4 * context * chunks)
        if len(data) < 4 * context * chunks:
            raise self._origin.unreadable(f"truncated: it ends at byte {_HEADER + len(data):,}, within its tokens")
        tokens = np.frombuffer(data, "<i4").reshape(chunks, context)
        wrong = np.flatnonzero((tokens < 0) | (tokens >= self.outcomes))
        if wrong.size:
            found = f"the token {tokens.flat[wrong[0]]} is none of {self.outcomes:,}"
            raise self._origin.unreadable(f"byte {_HEADER + 4 * int(wrong[0]):,}: {found}")
        return np.ascontiguousarray(tokens[:, context // 2 + 1 :]).ravel()

    @property
    def notes(self) -> tuple[Note, ...]:  # type: ignore[override]
        """The floor that 16 bits put under the result, once rows were read."""
        if not self._step:
            return ()
        notes = [sixteen_bits(self.name, self._step)]
        if self._raised:
            notes.append(outcomes_clipped(self.name, _CLIP, self._raised))
        return tuple(notes)

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        with self._origin.reading(), closing(self._stream or self._origin.open()) as stream:
            if not self._origin.is_stream:
                stream.seek(self._first)
            for first in range(0, self.count, rows):
                raw = np.empty((min(rows, self.count - first), self._bytes), dtype=np.uint8)
                came = read_into(stream, bytes_of(raw))
                if came < raw.nbytes:
                    end = self._first + first * self._bytes + came
                    found = f"it ends at byte {end:,}, in row {first + came // self._bytes + 1:,} of {self.count:,}"
                    raise self._origin.unreadable(f"truncated: {found}")
                targets = self._targets[first : first + len(raw)]
                chunks = [str((first + row) // self._per_chunk + 1) for row in range(len(raw))]
                columns = dict.fromkeys(self.columns, chunks)
                yield RowBlock(self._logarithms(raw, first), first, numbered(first), columns=columns, targets=targets)

    def _logarithms(self, raw: NDArray[np.uint8], first: int) -> Array:
        """log p by its formula, in doubles: float32 would round it once more."""
        steps = raw[:, 8 : 8 + 2 * self.outcomes].copy().view("<u2")
        with np.errstate(all="ignore"):  # of a damaged file a number may be a signalling NaN
            scale, least = (column.astype(np.float64) for column in raw[:, :8].copy().view("<f4").T)
            span = scale * _STEPS
            possible = (scale >= 0) & (span <= _CLIP + _SLACK) & (least <= _SLACK) & np.isfinite(least)
        self._refuse(first, ~possible, 0, "no scale and least log-probability of a row")
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
            raise self._origin.unreadable(f"byte {at:,}: {found}, in row {row + 1:,}: the file is corrupt")
