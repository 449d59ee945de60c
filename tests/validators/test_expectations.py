"""Tables of answers against what somebody expected of them."""

from pathlib import Path
from typing import Any

import pytest

from tailllm.config.kinds import KINDS
from tailllm.validators.checks import BUILDERS
from tailllm.validators.language import detect
from tests.validators.conftest import Judge
from tests.validators.test_verdicts import ERRORED, FAIL, FENCED, NONE, PASS, outcome

REPLY = "Your order 4711 ships on Monday."

TEXTS = [
    ("equals", {"value": REPLY}, f"\n{REPLY} ", PASS),
    ("equals", {"value": REPLY.upper()}, REPLY, FAIL),
    ("equals", {"value": REPLY.upper(), "ignore_case": True}, REPLY, PASS),
    ("not_equals", {"value": REPLY}, REPLY, FAIL),
    ("not_equals", {"value": REPLY}, "No.", PASS),
    ("contains", {"value": "4711"}, REPLY, PASS),
    ("contains", {"value": "4712"}, REPLY, FAIL),
    ("contains", {"any": ["Tuesday", "Monday"]}, REPLY, PASS),
    ("contains", {"any": ["Tuesday", "Sunday"]}, REPLY, FAIL),
    ("contains", {"all": ["4711", "Monday"]}, REPLY, PASS),
    ("contains", {"all": ["4711", "Tuesday"]}, REPLY, FAIL),
    ("contains", {"value": "4711", "any": ["Tuesday"]}, REPLY, FAIL),
    ("contains", {"value": "MONDAY", "ignore_case": True}, REPLY, PASS),
    ("not_contains", {"value": "refund"}, REPLY, PASS),
    ("not_contains", {"value": ["refund", "Monday"]}, REPLY, FAIL),
    ("starts_with", {"value": "Your order"}, f"  {REPLY}", PASS),
    ("starts_with", {"value": ["Hello", "Hi"]}, REPLY, FAIL),
    ("not_starts_with", {"value": "Your order"}, REPLY, FAIL),
    ("not_starts_with", {"value": ["Sorry"]}, REPLY, PASS),
    ("regex", {"pattern": r"\d{4}"}, REPLY, PASS),
    ("not_regex", {"pattern": r"\d{4}"}, REPLY, FAIL),
    ("similarity", {"value": REPLY}, "YOUR order 4711 ships on  Monday.", PASS),
    ("similarity", {"value": REPLY}, "We cannot find it.", FAIL),
    ("not_similarity", {"value": REPLY}, "Your order 4711 ships on Sunday.", FAIL),
    ("not_similarity", {"value": REPLY}, "We cannot find it.", PASS),
    ("jmespath", {"path": "intent", "value": "refund"}, '{"intent": "refund"}', PASS),
    ("jmespath", {"path": "intent", "value": "status"}, '{"intent": "refund"}', FAIL),
    ("jmespath", {"path": "a[0].n", "value": 0}, '{"a": [{"n": 0}]}', PASS),
    ("jmespath", {"path": "n"}, '{"n": 0}', PASS),
    ("jmespath", {"path": "missing"}, "{}", FAIL),
    ("jmespath", {"path": "ok"}, '{"ok": false}', FAIL),
    ("jmespath", {"path": "intent", "value": "refund"}, FENCED, FAIL),
    ("jmespath", {"path": "intent", "value": "refund", "fences": True}, FENCED, PASS),
    ("jmespath", {"path": "sum(a)"}, '{"a": "x"}', ERRORED),
    ("language", {"value": "fr"}, "Bonjour, vous pouvez le faire dans votre compte.", PASS),
    ("language", {"value": "fr"}, "You can do this in your account.", FAIL),
    ("language", {"value": ["en", "fr"]}, "You can do this in your account.", PASS),
    ("language", {"value": "ja"}, "注文番号を教えてください", PASS),
    ("language", {"value": "zh"}, "请告诉我订单号", PASS),
    ("language", {"value": "de"}, "4711", ERRORED),
    ("refusal", {"wanted": True}, "I can't help with that.", PASS),
    ("refusal", {"wanted": True}, REPLY, FAIL),
]


@pytest.mark.parametrize(("kind", "options", "text", "expected"), TEXTS)
def test_an_answer_is_held_against_what_was_expected(
    judge: Judge, kind: str, options: dict[str, Any], text: str, expected: str
) -> None:
    verdict = judge(kind, options, output_text=text)

    assert outcome(verdict) == expected
    assert expected == PASS or (verdict and verdict["explanation"])


LOOKUP = {"name": "lookup", "arguments": '{"order": {"id": 4711, "eu": true}, "note": "x"}'}
REFUND = {"name": "refund", "arguments": {"amount": 5}}
CALLED = [LOOKUP, REFUND]
TOOLS = [
    ("tool_call", {"tool": "lookup"}, CALLED, PASS),
    ("tool_call", {"tool": "cancel"}, CALLED, FAIL),
    ("tool_call", {"tool": "lookup"}, [], FAIL),
    ("tool_call", {"tool": "lookup", "arguments": {"order": {"id": 4711}}}, CALLED, PASS),
    ("tool_call", {"tool": "lookup", "arguments": {"order": {"id": "4711"}}}, CALLED, FAIL),
    ("tool_call", {"tool": "lookup", "arguments": {"order": {"eu": 1}}}, CALLED, FAIL),
    ("tool_call", {"tool": "refund", "arguments": {"amount": 5.0}}, CALLED, PASS),
    ("tool_call", {"tool": "refund", "arguments": {"amount": 6}}, [REFUND, *CALLED], FAIL),
    ("tool_call", {"tool": "lookup"}, [{"name": "lookup", "arguments": "{broken"}], FAIL),
    ("tool_call", {"order": ["lookup", "refund"]}, CALLED, PASS),
    ("tool_call", {"order": ["refund", "lookup"]}, CALLED, FAIL),
    ("tool_call", {"order": ["lookup", "lookup"]}, CALLED, FAIL),
    ("not_tool_call", {}, [], PASS),
    ("not_tool_call", {}, CALLED, FAIL),
    ("not_tool_call", {"tool": "cancel"}, CALLED, PASS),
    ("not_tool_call", {"tool": "refund", "arguments": {"amount": 6}}, CALLED, PASS),
]


@pytest.mark.parametrize(("kind", "options", "called", "expected"), TOOLS)
def test_tool_calls_are_held_against_name_arguments_and_order(
    judge: Judge, kind: str, options: dict[str, Any], called: list[Any], expected: str
) -> None:
    verdict = judge(kind, options, output_text=REPLY, tool_calls=called)

    assert outcome(verdict) == expected


@pytest.mark.parametrize("kind", ["tool_call", "not_tool_call"])
def test_tools_are_not_judged_when_the_log_holds_half_the_answer(judge: Judge, kind: str) -> None:
    verdict = judge(kind, {"tool": "lookup"}, output_text=REPLY, content="partial")

    assert outcome(verdict) == NONE


MODEL = (
    "from pydantic import BaseModel\nclass Intent(BaseModel):\n    intent: str\n    n: int = 0\n"
)


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ({}, '{"intent": "refund"}', PASS),
        ({}, '{"intent": "refund", "n": "many"}', FAIL),
        ({}, "refund", FAIL),
        ({}, FENCED, FAIL),
        ({"fences": True}, FENCED, PASS),
        ({"model": "shapes_of_ours:Missing"}, "{}", ERRORED),
    ],
)
def test_a_pydantic_model_of_the_team_says_what_is_wrong(
    judge: Judge, tmp_path: Path, options: dict[str, Any], text: str, expected: str
) -> None:
    (tmp_path / "shapes_of_ours.py").write_text(MODEL)
    given = {"model": "shapes_of_ours:Intent", "folder": str(tmp_path)} | options

    verdict = judge("pydantic", given, output_text=text)

    assert outcome(verdict) == expected


def test_a_rubric_says_nothing_where_no_model_may_be_asked(judge: Judge) -> None:
    assert judge("rubric", {"text": "Answers both questions."}, output_text=REPLY) is None


def test_every_kind_has_a_judge_or_needs_a_process_or_a_model() -> None:
    assert set(KINDS) - set(BUILDERS) == {"python", "pydantic", "rubric"}


SENTENCES = [
    ("cs", "Vaše objednávka je na cestě a může být doručena zítra, jak jsme slíbili."),
    ("da", "Din ordre er på vej, og du kan se den på din konto."),
    ("de", "Ihre Bestellung ist auf dem Weg und wird morgen zu Ihnen kommen."),
    ("el", "Η παραγγελία σας έχει σταλεί."),
    ("en", "Your order is on the way and will be with you soon."),
    ("es", "Su pedido está en camino y puede llegar a la casa por la mañana."),
    ("fi", "Tilaus on matkalla ja voit seurata sitä, mutta se ei ole vielä perillä."),
    ("he", "ההזמנה שלך בדרך"),
    ("it", "Il tuo ordine è in viaggio e non si può più cambiare."),
    ("ko", "주문이 배송 중입니다"),
    ("nl", "Uw bestelling is onderweg en u kunt het volgen met de app van ons."),
    ("pl", "Twoje zamówienie jest w drodze i można je śledzić, to nie potrwa długo."),
    ("pt", "O seu pedido não está em casa, mas você pode ver na conta."),
    ("ru", "Ваш заказ уже в пути, и мы сообщим вам, если что изменится."),
    ("tr", "Siparişiniz yolda ve size bugün bir mesaj gelecek, bu çok yakın."),
    ("uk", "Ваше замовлення вже в дорозі, і ви можна стежити за ним."),
]


@pytest.mark.parametrize(("code", "text"), SENTENCES)
def test_a_plain_sentence_tells_its_language(code: str, text: str) -> None:
    assert code in detect(text)


def test_half_a_million_characters_are_judged_in_time(judge: Judge) -> None:
    verdict = judge("similarity", {"value": REPLY}, output_text=REPLY * 20_000)

    assert outcome(verdict) == PASS
