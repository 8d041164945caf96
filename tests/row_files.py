"""Files of rows, written by what is known of their formats and not by klcli."""

import json
import struct

import numpy as np

__all__ = ["bfloat16", "llama_base", "safetensors"]

_TYPES = {
    np.dtype(np.float64): "F64",
    np.dtype(np.float32): "F32",
    np.dtype(np.float16): "F16",
    np.dtype(np.int32): "I32",
}


def bfloat16(values):
    """The upper halves of float32 values that have no lower ones, as uint16."""
    whole = np.asarray(values, dtype=np.float32).view(np.uint32)
    assert not (whole & 0xFFFF).any()
    return (whole >> 16).astype("<u2")


def safetensors(tensors, kinds=None, metadata=None):
    """The bytes of a safetensors file; `kinds` gives the type of a tensor that numpy has no type for."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, values in tensors.items():
        values = np.ascontiguousarray(values)
        raw = values.tobytes()
        header[name] = {
            "dtype": (kinds or {}).get(name) or _TYPES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    return with_header(header, data)


def with_header(header, data):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def llama_base(logits, tokens, n_ctx):
    """The bytes that llama.cpp writes for float32 logits, shape (rows, n_vocab), by tools/perplexity/perplexity.cpp."""
    logits = np.asarray(logits, dtype=np.float32)
    n_vocab, n_chunk = logits.shape[1], len(tokens) // n_ctx
    assert len(logits) == n_chunk * (n_ctx - 1 - n_ctx // 2)
    out = b"_logits_" + struct.pack("<iii", n_ctx, n_vocab, n_chunk) + np.asarray(tokens, dtype="<i4").tobytes()
    for row in logits:
        largest = row.max()
        least = max(row.min(), largest - np.float32(16))
        log_sum = np.float32(np.log(np.exp((row - largest).astype(np.float64)).sum()))
        scale = np.float32((largest - least) / np.float32(65535))
        steps = np.where(row > least, np.rint((row - least) / scale), 0) if scale else np.zeros(n_vocab)
        out += struct.pack("<ff", scale, least - largest - log_sum) + steps.astype("<u2").tobytes()
        out += b"\0\0" * (n_vocab % 2)
    return out
