"""Random calls for property tests."""

from hypothesis import strategies as st

from tailllm.records.line import Address
from tailllm.records.row import Row
from tests.conftest import NOON

outcomes = st.sampled_from(["passed", "failed", "errored", "unjudged"])
names = st.sampled_from([None, "u_1", "U_1", "ß_u", "Strasse", "x%y_z", "\u212a", "a*b", ""])


def rows(most: int = 30) -> st.SearchStrategy[list[Row]]:
    return st.lists(ROW, max_size=most)


ROW = st.builds(
    Row,
    key=st.sampled_from(["resp:1", "RESP:2", "line:Ü:3"]),
    format=st.sampled_from(["native", "otel_genai"]),
    status=st.sampled_from(["ok", "error", "incomplete", "unknown"]),
    state=st.sampled_from(["done", "partial"]),
    at=st.integers(0, 600).map(lambda n: NOON + n),
    arrived=st.just(NOON + 1000),
    latency_ms=st.none() | st.sampled_from([0.0, 1999.0, 2000.0, 2500.5]) | st.floats(0, 1e5),
    ttft_ms=st.none() | st.floats(0, 1e4),
    operation_name=st.sampled_from([None, "chat"]),
    provider_name=st.sampled_from([None, "openai", "Anthropic"]),
    model=st.sampled_from([None, "gpt-4o", "GPT-4o-mini", "haiku"]),
    prompt_name=st.sampled_from([None, "billing"]),
    prompt_version=st.sampled_from([None, "v14", "v15"]),
    finish_reason=st.sampled_from([None, "stop", "length", "tool_call"]),
    input_tokens=st.none() | st.integers(0, 10_000),
    output_tokens=st.none() | st.integers(0, 2_000),
    cache_read_input_tokens=st.none() | st.just(0),
    reasoning_output_tokens=st.none(),
    cost=st.none() | st.floats(0, 1),
    error_type=st.sampled_from([None, "RateLimitError"]),
    http_status=st.sampled_from([None, 200, 429, 500]),
    trace_id=st.none(),
    conversation_id=names,
    user_id=names,
    host=st.sampled_from([None, "web-1", "WEB-2"]),
    route=st.sampled_from([None, "/chat"]),
    tool_calls=st.integers(0, 3),
    verdicts=st.lists(
        st.tuples(st.sampled_from(["json", "no_pii", "lang"]), outcomes), max_size=2
    ).map(tuple),
    preview=st.sampled_from(["Where is MY invoice?", "AND WHO PAYS ME NOW", ""]),
    reply=st.sampled_from(["sorry", "I cannot help with that."]),
    source=st.just((Address("1:2:abcd", 0, 9),)),
)
