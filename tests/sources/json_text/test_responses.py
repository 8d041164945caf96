"""Responses of language model services are rows as they come: the same bounds in every form, and none too tight."""

import io
import json
import sys
from math import exp, log

import pytest

P = [{"cat": 0.5, "dog": 0.3, "owl": 0.2}, {"a": 0.6, "b": 0.2, "c": 0.2}]
Q = [{"cat": 0.25, "dog": 0.25, "owl": 0.5}, {"a": 0.5, "b": 0.3, "c": 0.2}]
KL = [sum(mass * log(mass / q[token]) for token, mass in p.items()) for p, q in zip(P, Q, strict=True)]


def tops(rows):
    return [{token: log(mass) for token, mass in row.items()} for row in rows]


def chat(rows, *, kept=9):
    """A chat completion: the first token of each row occurred."""
    content = []
    for row in tops(rows):
        entries = [{"token": token, "logprob": number, "bytes": [*token.encode()]} for token, number in row.items()]
        content.append({**entries[0], "top_logprobs": entries[:kept]})
    return {"object": "chat.completion", "choices": [{"index": 0, "logprobs": {"content": content}}]}


def completion(rows):
    listed = tops(rows)
    return {"choices": [{"logprobs": {
        "tokens": ["", *(next(iter(row)) for row in listed)], "token_logprobs": [None, *(0.0 for _ in listed)],
        "top_logprobs": [None, *listed],
    }}]}  # fmt: skip


def response(rows):
    return {"object": "response", "output": [{"type": "message", "content": [
        {"type": "output_text", "logprobs": chat(rows)["choices"][0]["logprobs"]["content"]}
    ]}]}  # fmt: skip


def prompt(rows):
    """What vLLM returns of a prompt: null, then tokens by their ids."""
    positions = [
        {str(1000 + ord(token[0])): {"logprob": number, "rank": rank, "decoded_token": token}
         for rank, (token, number) in enumerate(row.items(), 1)}
        for row in tops(rows)
    ]  # fmt: skip
    return {"choices": [{"prompt_logprobs": [None, *positions]}]}


def lines(rows):
    return "".join(json.dumps({"top": row}) + "\n" for row in tops(rows))


def batch(*bodies):
    """Lines of a batch of OpenAI, with a name for each request."""
    return "".join(
        json.dumps({"id": f"batch_req_{number}", "custom_id": f"request-{number}", "error": None,
                    "response": {"status_code": 200, "body": body}}) + "\n"
        for number, body in enumerate(bodies, 1)
    )  # fmt: skip


def llama(rows):
    """What the server of llama.cpp returns with n_probs."""
    content = chat(rows)["choices"][0]["logprobs"]["content"]
    return json.dumps({"content": "".join(each["token"] for each in content), "completion_probabilities": content})


FORMS = {
    "chat completion": lambda rows: json.dumps(chat(rows)),
    "pretty chat completion": lambda rows: json.dumps(chat(rows), indent=2),
    "completion": lambda rows: json.dumps(completion(rows)),
    "response": lambda rows: json.dumps(response(rows)),
    "prompt_logprobs": lambda rows: json.dumps(prompt(rows), indent=1),
    "prompt_logprobs of chat": lambda rows: json.dumps(prompt(rows)["choices"][0]),
    "top": lines,
    "lists of tokens": lambda rows: json.dumps(
        [[{"token": token, "logprob": number} for token, number in row.items()] for row in tops(rows)]
    ),
    "content alone": lambda rows: json.dumps(chat(rows)["choices"][0]["logprobs"]["content"]),
    "a stream of responses": lambda rows: "".join(json.dumps(chat([row])) + "\n" for row in rows),
    "a stream of pretty responses": lambda rows: "".join(json.dumps(chat([row]), indent=2) + "\n" for row in rows),
    "server-sent events": lambda rows: "".join(
        f"event: chunk\ndata: {json.dumps({**chat([row]), 'object': 'chat.completion.chunk'})}\n\n" for row in rows
    ) + 'data: {"object": "chat.completion.chunk", "choices": []}\n\ndata: [DONE]\n\n',
    "lines of a batch": lambda rows: batch(*(chat([row]) for row in rows)),
    "llama.cpp": llama,
    "an array of responses": lambda rows: json.dumps([chat([row]) for row in rows]),
}  # fmt: skip


@pytest.fixture
def bounds(tmp_path, document):
    """The bounds that `kl rows` gives of two texts, as pairs, and the notes."""

    def run(p, q, *options):
        paths = [tmp_path / "p.json", tmp_path / "q.json"]
        for path, text in zip(paths, (p, q), strict=True):
            path.write_text(text)
        found = document("rows", *paths, *options)
        rows = [(row["forward_kl_lower"], row["forward_kl_upper"]) for row in found["rows"]]
        return rows, [note["code"] for note in found["notes"]]

    return run


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_value_where_the_lists_hold_all_the_mass(form, bounds):
    rows, notes = bounds(FORMS[form](P), FORMS[form](Q))
    assert [lower for lower, _ in rows] == pytest.approx(KL, rel=1e-13)
    assert [upper for _, upper in rows] == pytest.approx(KL, rel=1e-13)
    assert "whole_lists" in notes
    assert ("first_token" in notes) == (form in ("completion", "prompt_logprobs", "prompt_logprobs of chat"))


@pytest.mark.parametrize("form", [form for form in FORMS if form != "top"])
def test_a_form_is_compared_with_another_by_the_texts_of_tokens(form, bounds):
    rows, _ = bounds(FORMS[form](P), lines(Q))
    assert [upper for _, upper in rows] == pytest.approx(KL, rel=1e-13)


def test_a_stream_on_standard_input_is_compared_with_a_file(document, tmp_path, monkeypatch):
    (tmp_path / "q.json").write_text(FORMS["chat completion"](Q))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FORMS["server-sent events"](P).encode())))
    rows = document("rows", "-", tmp_path / "q.json")["rows"]
    assert [row["forward_kl_upper"] for row in rows] == pytest.approx(KL, rel=1e-13)


def test_two_responses_on_one_line_are_read(document, tmp_path):
    (tmp_path / "both.jsonl").write_text(json.dumps({"p": chat(P), "q": chat(Q), "id": "x"}) + "\n")
    rows = document("rows", tmp_path / "both.jsonl", "--id", "id")["rows"]
    assert [row["forward_kl_upper"] for row in rows] == pytest.approx(KL, rel=1e-13)


def test_a_field_of_each_line_may_hold_the_response(bounds):
    texts = [json.dumps({"prompt": "?", "answer": chat(rows)}) + "\n" for rows in (P, Q)]
    rows, _ = bounds(*texts, "--column", "answer")
    assert [upper for _, upper in rows] == pytest.approx(KL, rel=1e-13)


def test_short_lists_bound_the_value_from_below(bounds):
    rows, _ = bounds(json.dumps(chat(P, kept=2)), json.dumps(chat(Q, kept=2)))
    for (lower, upper), value in zip(rows, KL, strict=True):
        assert 0.5 * value < lower <= value
        assert upper == "Infinity"


def test_choices_are_matched_by_their_index(bounds):
    first, second = ({**chat(rows)["choices"][0], "index": index} for index, rows in enumerate((P, Q)))
    rows, _ = bounds(json.dumps({"choices": [first, second]}), json.dumps({"choices": [second, first]}))
    assert [lower for lower, _ in rows] == pytest.approx([0] * len(rows), abs=1e-12)
    without = [{"logprobs": each["logprobs"]} for each in (first, second)]
    assert bounds(json.dumps({"choices": without}), json.dumps({"choices": without}))[0] == rows


def test_a_token_that_occurred_does_not_bound_those_that_are_not_listed(bounds):
    # the prompt's token has rank 900; another of 0.3, which P does not list, is in Q's list
    p = {"choices": [{"prompt_logprobs": [None, {
        "1": {"logprob": log(0.7 - 1e-5), "rank": 1, "decoded_token": "a"},
        "9": {"logprob": log(1e-5), "rank": 900, "decoded_token": "z"},
    }]}]}  # fmt: skip
    q = json.dumps({"top": {"a": log(0.5), "b": log(0.3)}})
    ((lower, _),), _ = bounds(json.dumps(p), q)
    assert lower <= 0.7 * log(0.7 / 0.5) + 1e-4
    ((listed, _),), _ = bounds(json.dumps({"top": {"a": log(0.7 - 1e-5), "z": log(1e-5)}}), q)
    assert listed > lower  # as a list of the most probable, it would say more


def of_tokens(*occurred):
    content = [
        {"token": token, "logprob": -0.5, "top_logprobs": [{"token": token, "logprob": -0.5}]} for token in occurred
    ]
    return json.dumps({"choices": [{"logprobs": {"content": content}}]})


@pytest.mark.parametrize(
    ("p", "q", "words"),
    [
        (of_tokens("a", "b", "c"), of_tokens("a", "x", "c"),
         "p.json: line 1: token 3: other texts: 'b' occurred in P and 'x' in Q at p.json: line 1: token 2"),
        (of_tokens("a", "b"), of_tokens("a"), "q.json ends after 1 rows, but p.json has more"),
        ('{"choices": [{"message": {"content": "x"}, "logprobs": null}]}', "[1]",
         "p.json: line 1: a response without log-probabilities"),
        ('{"choices": [{"logprobs": {"content": [{"token": "a", "logprob": -1}]}}]}', "[1]",
         "p.json: line 1: token 1: an object without top_logprobs"),
        ('{"choices": [{"prompt_logprobs": [null, {"1": {"logprob": -1}}, null]}]}', "[1]",
         "p.json: line 1: prompt: token 3: null without top_logprobs"),
        ('{"choices": [{"prompt_logprobs": [null, {"1": {"rank": 1}}]}]}', "[1]", "token 2: an entry without logprob"),
        ('{"top": {"a": -1}}', '{"a": 0.5,\n"b"', "q.json: line 2, column 4: not JSON"),
        ('{"error": {"message": "Rate limit reached", "type": "tokens"}}', json.dumps(chat(Q)),
         "p.json: line 1: the service answered with an error: Rate limit reached"),
        (batch(chat(P), {"error": {"message": "Overloaded"}}), batch(chat(P), chat(Q)),
         "p.json: line 2: the service answered with an error: Overloaded"),
        (batch(chat(P), chat(Q)), "".join(reversed(batch(chat(P), chat(Q)).splitlines(keepends=True))),
         "line 1: token 1: 'custom_id' is 'request-1' in p.json and 'request-2' in q.json"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused_at_its_place(p, q, words, kl, tmp_path):
    (tmp_path / "p.json").write_text(p)
    (tmp_path / "q.json").write_text(q)
    result = kl("rows", tmp_path / "p.json", tmp_path / "q.json")
    assert result.code == 3
    assert words in result.err.replace(f"{tmp_path}/", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (batch(chat(P), chat(Q)), "a response with log-probabilities of many tokens, not one distribution"),
        (llama(P), "a response with log-probabilities of many tokens, not one distribution"),
        ('{"error": {"message": "Overloaded"}}', "the service answered with an error: Overloaded"),
    ],
)
def test_what_services_answer_is_named_where_one_distribution_is_wanted(text, words, kl, tmp_path):
    (tmp_path / "p.json").write_text(text)
    result = kl("compute", tmp_path / "p.json", tmp_path / "p.json")
    assert (result.code, words in result.err) == (3, True)


@pytest.mark.parametrize(
    ("entries", "name", "number"), [("probs", "tok_str", "prob"), ("top_probs", "token", "prob")]
)  # fmt: skip
def test_probabilities_of_llama_cpp_are_known_as_float32_are(entries, name, number, bounds):
    texts = [
        json.dumps({"completion_probabilities": [
            {"content": "cat", entries: [{name: token, number: mass} for token, mass in row.items()]} for row in side
        ]})
        for side in (P, Q)
    ]  # fmt: skip
    rows, notes = bounds(*texts, "--tail-floor", "1e-9")
    for (lower, upper), value in zip(rows, KL, strict=True):
        assert value - 1e-4 < lower <= value <= upper < value + 1e-4
    assert "whole_lists" not in notes  # float32 hides what is left


def sampled(number, listed):
    """A response whose token, Rome, has this log-probability and stands beside those that are listed."""
    entries = [{"token": token, "logprob": log(mass)} for token, mass in listed.items()]
    return json.dumps({"choices": [{"logprobs": {"content": [
        {"token": "Rome", "logprob": number, "top_logprobs": entries}
    ]}}]})  # fmt: skip


@pytest.mark.parametrize(
    "q", [sampled(-9999.0, {"Paris": 0.8, "Lyon": 0.1}),
          json.dumps({"top": {"Paris": log(0.8), "Lyon": log(0.1), "Rome": -9999}})]
)  # fmt: skip
def test_a_token_beyond_the_list_of_a_service_is_not_listed(q, bounds):
    ((lower, upper),), notes = bounds(
        sampled(log(0.05), {"Paris": 0.8, "Lyon": 0.1, "Rome": 0.05}), q, "--tail-floor", "1e-9"
    )
    # Q may complete its list as P does: KL is 0; and the most is where it gives both others 1e-9
    assert lower == 0
    assert 0 < upper < 0.05 * log(0.05 / 1e-9) + 0.05 * log(0.05 / 1e-9) + 1e-3
    assert "not_listed" in notes


def test_the_last_tokens_may_differ(bounds):
    rows, _ = bounds(of_tokens("a", "b"), of_tokens("a", "x"))
    assert len(rows) == 2


def test_lists_are_refused_by_matrix_with_the_command_that_reads_them(kl, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(chat(P)))
    result = kl("matrix", tmp_path / "p.json")
    assert result.code == 3
    assert "kl rows bounds the KL" in result.err


def test_an_array_of_numbers_called_logprobs_is_a_distribution(kl, tmp_path):
    files = []
    for name, masses in {"p": (0.5, 0.5), "q": (0.9, 0.1)}.items():
        files.append(tmp_path / f"{name}.jsonl")
        files[-1].write_text(json.dumps({"id": 0, "logprobs": [log(mass) for mass in masses]}) + "\n")
    result = kl("rows", *files, "--as", "logprobs")
    assert result.code == 3
    assert "p.jsonl: line 1: 'logprobs': an array where a number belongs" in result.err
    assert "name the field: --column logprobs" in result.err
    result = kl("rows", *files, "--as", "logprobs", "--column", "logprobs", "-f", "value")
    assert float(result.out) == pytest.approx(log(0.5 / 0.3), rel=1e-14)  # KL = log(1/2) - log(0.9·0.1)/2
    (tmp_path / "pq.jsonl").write_text("".join(each.read_text() for each in files))
    assert "name the field that holds it: --array logprobs" in kl("matrix", tmp_path / "pq.jsonl").err
    result = kl("matrix", tmp_path / "pq.jsonl", "--as", "logprobs", "--array", "logprobs", "-f", "csv")
    assert float(result.out.splitlines()[1].split(",")[2]) == pytest.approx(log(0.5 / 0.3), rel=1e-14)


@pytest.mark.parametrize("words", [(), ("--as", "logits"), ("--p-as", "logits")])
def test_logits_beside_a_list_are_to_be_made_probabilities(words, kl, tmp_path):
    (tmp_path / "top.jsonl").write_text('{"top": {"0": -0.1, "1": -3}}\n')
    (tmp_path / "row.jsonl").write_text("[-1, 2]\n")
    for files in (("top.jsonl", "row.jsonl"), ("row.jsonl", "top.jsonl")):
        result = kl("rows", *(tmp_path / each for each in files), *words)
        assert result.code == 3
        assert "row.jsonl: line 1: value 1: '0': a negative mass, -1" in result.err
        assert "rows hold probabilities: write softmax(logits), or exp(logprobs)" in result.err
    total = exp(-1) + exp(2)
    (tmp_path / "row.jsonl").write_text(json.dumps([exp(-1) / total, exp(2) / total]))
    assert kl("rows", tmp_path / "top.jsonl", tmp_path / "row.jsonl").code == 0
