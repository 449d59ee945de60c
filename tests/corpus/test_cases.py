"""All cases of a folder load at once, and a file nobody can obey is named."""

import os
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from tailllm.corpus import case_file
from tailllm.corpus.case import Case, CaseMessage
from tailllm.corpus.cases import load_cases

MANY = 120


def put(corpus: Path, number: int) -> Case:
    asked = (CaseMessage(role="user", content=f"Question {number}? " * 40),) * 5
    case = Case(id=f"case-{number:04d}", target="support", messages=asked)
    path = case_file.path_of(corpus, case)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(case_file.dumps(case))
    return case


def test_cases_come_in_the_order_of_their_ids_with_their_files(tmp_path: Path) -> None:
    cases = tuple(put(tmp_path, number) for number in (3, 1, 2))

    loaded = load_cases(tmp_path)

    assert loaded.cases == (cases[1], cases[2], cases[0])
    assert loaded.paths["case-0003"] == tmp_path / "cases" / "case-0003.toml"
    assert loaded.problems == ()


def test_a_folder_that_is_not_there_has_no_cases(tmp_path: Path) -> None:
    assert load_cases(tmp_path / "nowhere") == ((), (), {})


def test_a_damaged_file_is_named_with_its_key_and_the_others_load(tmp_path: Path) -> None:
    put(tmp_path, 1)
    damaged = tmp_path / "cases" / "odd.toml"
    damaged.write_text("schema = 1\nid = 'odd'\ntarget = 7\n")

    loaded = load_cases(tmp_path)

    assert [case.id for case in loaded.cases] == ["case-0001"]
    assert str(loaded.problems[0]).startswith(f"{damaged}: target: ")


def test_two_files_with_one_id_are_both_named(tmp_path: Path) -> None:
    put(tmp_path, 1)
    twin = tmp_path / "cases" / "twin.toml"
    twin.write_bytes((tmp_path / "cases" / "case-0001.toml").read_bytes())

    problem = load_cases(tmp_path).problems[0]

    assert problem.path == twin
    assert str(tmp_path / "cases" / "case-0001.toml") in problem.what


def test_a_changed_file_is_read_anew_although_it_was_in_the_cache(tmp_path: Path) -> None:
    put(tmp_path, 1)
    cache = tmp_path / "cache"
    load_cases(tmp_path, cache=cache)
    path = tmp_path / "cases" / "case-0001.toml"
    path.write_text(path.read_text().replace('"support"', '"billing"'))

    assert load_cases(tmp_path, cache=cache).cases[0].target == "billing"


@pytest.mark.parametrize("damage", [b"", b"{", b'{"a":1}', b"[]"])
def test_a_damaged_cache_changes_nothing(tmp_path: Path, damage: bytes) -> None:
    case = put(tmp_path, 1)
    cache = tmp_path / "cache"
    load_cases(tmp_path, cache=cache)
    kept = next(cache.iterdir())
    kept.write_bytes(damage)

    assert load_cases(tmp_path, cache=cache).cases == (case,)


def test_no_flipped_bit_of_the_cache_reaches_a_case(tmp_path: Path) -> None:
    case = put(tmp_path, 1)
    cache = tmp_path / "cache"
    load_cases(tmp_path, cache=cache)
    kept = next(cache.iterdir())
    whole = kept.read_bytes()
    for place in range(0, len(whole), 61):
        kept.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])

        assert load_cases(tmp_path, cache=cache).cases == (case,)


@pytest.mark.parametrize("kind", ["folder", "pipe", "link to nowhere", "no room", "file as folder"])
def test_a_cache_that_cannot_be_read_or_written_changes_nothing(tmp_path: Path, kind: str) -> None:
    case = put(tmp_path, 1)
    cache = tmp_path / "cache"
    load_cases(tmp_path, cache=cache)
    kept = next(cache.iterdir())
    kept.unlink()
    if kind == "folder":
        kept.mkdir()
    if kind == "pipe":
        os.mkfifo(kept)
    if kind == "link to nowhere":
        kept.symlink_to(tmp_path / "nowhere" / "at all")
    if kind == "no room":
        kept.symlink_to("/dev/full")
    if kind == "file as folder":
        cache.rmdir()
        cache.write_text("")

    assert load_cases(tmp_path, cache=cache).cases == (case,)


def test_a_cached_case_that_no_longer_fits_is_read_from_its_file(tmp_path: Path) -> None:
    case = put(tmp_path, 1)
    cache = tmp_path / "cache"
    load_cases(tmp_path, cache=cache)
    kept = next(cache.iterdir())
    kept.write_bytes(kept.read_bytes().replace(b'"target"', b'"tarjet"'))

    assert load_cases(tmp_path, cache=cache).cases == (case,)


def test_what_json_cannot_hold_is_the_same_after_a_warm_load(tmp_path: Path) -> None:
    put(tmp_path, 1)
    path = tmp_path / "cases" / "case-0001.toml"
    path.write_text(path.read_text() + "\n[context]\nday = 2026-11-22\nmost = inf\n")
    cold = load_cases(tmp_path).cases[0]
    load_cases(tmp_path, cache=tmp_path / "cache")

    warm = load_cases(tmp_path, cache=tmp_path / "cache").cases[0]

    assert warm.context == cold.context == {"day": date(2026, 11, 22), "most": float("inf")}
    assert warm.content_id == cold.content_id


def test_a_warm_load_takes_a_third_of_a_cold_one_at_most(tmp_path: Path) -> None:
    for number in range(MANY):
        put(tmp_path, number)
    cache = tmp_path / "cache"
    load_cases(tmp_path, cache=cache)

    def took(warm: Path | None) -> float:
        start = time.process_time()
        assert len(load_cases(tmp_path, cache=warm).cases) == MANY
        return time.process_time() - start

    rounds = [(took(cache), took(None)) for _ in range(2)]

    assert min(warm for warm, _ in rounds) < min(cold for _, cold in rounds) / 3


@pytest.mark.long
def test_two_branches_that_each_add_fifty_cases_merge(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ["-c", "user.name=ana", "-c", "user.email=ana@example.com"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-b", "main")
    put(tmp_path, 0)
    git("add", "-A")
    git("commit", "-m", "start")
    for branch, numbers in (("one", range(1, 51)), ("two", range(51, 101))):
        git("checkout", "-b", branch, "main")
        for number in numbers:
            put(tmp_path, number)
        git("add", "-A")
        git("commit", "-m", branch)
    git("merge", "one", "-m", "both")

    loaded = load_cases(tmp_path)
    assert len(loaded.cases) == 101
    assert loaded.problems == ()
