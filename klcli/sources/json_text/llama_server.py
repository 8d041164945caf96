"""Positions of a text as the server of llama.cpp gives them: `completion_probabilities`, asked for by `n_probs`.

https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

from math import inf, log
from struct import pack, unpack

__all__ = ["as_chat"]


def as_chat(position: object) -> object:
    """Returns a position in the form of chat completions.

    Until 2024 the server gave probabilities as `probs`; with `post_sampling_probs` it gives them as `top_probs`. They
    are float32, and so are their logarithms here, as bounds depend on how well these are known.
    """
    if not isinstance(position, dict) or "top_logprobs" in position:
        return position
    entries = position.get("probs", position.get("top_probs"))
    if not isinstance(entries, list):
        return position
    tops = [
        {"token": entry.get("tok_str", entry.get("token")), "logprob": _logarithm(entry.get("prob"))}
        if isinstance(entry, dict)
        else entry
        for entry in entries
    ]
    occurred = position.get("content", position.get("token"))
    is_listed = any(isinstance(top, dict) and top["token"] == occurred for top in tops)
    return {"top_logprobs": tops, **({"token": occurred} if is_listed else {})}


def _logarithm(probability: object) -> object:
    if not isinstance(probability, (int, float)) or not probability >= 0:
        return probability
    return float(unpack("f", pack("f", log(probability)))[0]) if probability else -inf
