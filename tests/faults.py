"""The faults we know of, what must happen, and the tests that show it.

`docs/reliability.md` is made from this table: `python -m tests.faults` writes it, and
`tests/house/test_reliability.py` fails when it is old or names a test that is gone.
"""

import ast
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs/reliability.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end faults -->\n"


class Fault(NamedTuple):
    """Something that happens on real hosts."""

    number: int
    what: str
    expected: str
    tests: tuple[str, ...] = ()
    """`file.py::name`, where a file stands for all tests in it; none: not shown yet."""
    gap: str = ""
    """What the tests do not show."""


ROT, PTY, HOSTS = "sources/test_rotation.py", "pty/test_tail_faults.py", "pty/test_hosts.py"
TARGETS, LINES, ODD = "sources/test_targets.py", "sources/test_lines.py", "dialects/test_hostile.py"
APPEND, MARKS, DISK = "corpus/test_append.py", "corpus/test_marks.py", "corpus/test_bad_disk.py"
SCREEN, NAMES, LEAVING = "pty/test_hostile.py", "pty/test_hostile_names.py", "pty/test_leaving.py"
SQL, WHERE = "store/test_sql.py", "store/test_where_sql.py"
ASKED, LOUD = "evals/test_secrets.py", "evals/test_loud.py"
SECRETS, HOLD = "corpus/test_secrets.py", "pty/test_marking.py"


_FAULTS = (
    Fault(1, "one line appended", "seen", (f"{PTY}::test_an_appended_line",)),
    Fault(2, "half a line, the rest later", "one call, once", (f"{PTY}::test_half_a_line_and_its_rest",)),
    Fault(3, "no final newline at the start", "one call once completed", (f"{ROT}::test_a_half_line_is_one_line_once_it_is_whole",)),
    Fault(4, "no final newline, and rotated away", "shown after a grace", (f"{ROT}::test_a_late_half_line_is_shown_when_nobody_will_finish_it",)),
    Fault(5, "renamed and created", "both complete, in order", (f"{PTY}::test_renamed_and_created", f"{ROT}::test_both_generations_of_a_rotated_file_are_read_in_order")),
    Fault(6, "late writes to the renamed file", "all seen", (f"{PTY}::test_a_late_write_to_the_renamed_file", f"{ROT}::test_late_writes_to_the_renamed_file_are_read")),
    Fault(7, "copied and truncated", "what follows is seen; a notice says what may be missing", (f"{PTY}::test_copied_and_truncated", f"{ROT}::test_unread_bytes_of_a_truncated_file_are_counted")),
    Fault(8, "a writer with a stale offset leaves a hole", "the call behind it is seen", (f"{PTY}::test_a_hole_left_by_a_writer_with_a_stale_offset",)),
    Fault(9, "truncated and refilled bigger at once", "every new line once", (f"{PTY}::test_truncated_and_refilled_bigger_at_once", f"{ROT}::test_a_refill_that_starts_alike_is_noticed")),
    Fault(10, "rewritten with the same size and time", "noticed", (f"{ROT}::test_rewritten_with_the_same_size_and_time",)),
    Fault(11, "deleted, later created", "followed again", (f"{PTY}::test_deleted_and_recreated",)),
    Fault(12, "a new file under an old inode", "read from its start", (f"{ROT}::test_a_new_file_under_an_old_inode_is_read_from_its_start",)),
    Fault(13, "two files that start alike", "both read", (f"{ROT}::test_two_files_that_start_alike_are_two_files",)),
    Fault(14, "empty and tiny files", "followed from the first byte", (f"{TARGETS}::test_the_smallest_file_is_followed_from_its_first_byte",)),
    Fault(15, "symlinks swapped or dangling", "followed", (f"{PTY}::test_a_swapped_symlink", f"{ROT}::test_a_dangling_symlink_is_followed_once_its_target_is_there")),
    Fault(16, "replaced by a rename over it", "each content once", (f"{PTY}::test_replaced_by_a_rename_over_it",)),
    Fault(17, "15 rotations, 80 ms apart", "15 of 15", (f"{PTY}::test_fifteen_quick_rotations",)),
    Fault(18, "a packed generation beside it", "not read twice; read when named", (f"{TARGETS}::test_a_rotated_file_that_is_packed_is_not_read_again", f"{TARGETS}::test_a_packed_file_that_is_named_is_read_and_read_again", f"{TARGETS}::test_without_the_library_a_zst_says_what_to_install"), "`.gz`; `.zst` with the extra `tailllm[zstd]`"),
    Fault(19, "files that appear later", "followed", (f"{TARGETS}::test_a_glob_picks_up_files_that_appear_or_are_renamed_into_it", f"{TARGETS}::test_a_folder_means_every_log_in_it_now_and_later")),
    Fault(20, "3,000 files, 256 descriptors", "all followed", (f"{HOSTS}::test_three_thousand_files_with_256_descriptors", f"{TARGETS}::test_more_files_than_the_process_may_open")),
    Fault(21, "no inotify instance left", "polls, says so once", (f"{HOSTS}::test_no_watch_left_is_said_once_and_lines_are_seen_all_the_same",)),
    Fault(22, "watches that stay silent", "seen by polling", (f"{TARGETS}::test_without_anybody_to_wake_us_polling_goes_on_and_is_said_once",), "not tried on NFS, FUSE or overlay"),
    Fault(23, "appends in the same second", "each seen", (f"{ROT}::test_a_strange_modification_time_hides_nothing",)),
    Fault(24, "modification time set back", "seen", (f"{PTY}::test_a_modification_time_put_back",)),
    Fault(25, "no right to read, later or no more", "said; read when there is; an open file is read on", (f"{HOSTS}::test_a_log_without_the_right_to_read_is_said_and_read_once_there_is",)),
    Fault(26, "folder removed and made again", "followed", (f"{TARGETS}::test_a_folder_that_is_removed_and_made_again",)),
    Fault(27, "pipe, socket, device, folder", "refused or read, never hangs", (f"{HOSTS}::test_what_is_no_file_is_said_and_does_not_hang", f"{TARGETS}::test_pipes_sockets_and_devices_are_refused_without_hanging")),
    Fault(28, "ESTALE and EIO from a read", "said, opened again, with pauses", (f"{HOSTS}::test_a_stale_file_handle_is_said_and_the_file_is_opened_again", f"{ROT}::test_a_read_that_fails_is_said_once_and_tried_again_with_pauses", f"{ROT}::test_a_past_that_cannot_be_read_for_a_moment_is_read")),
    Fault(29, "a line of 1 MB, 100 MB, 1 GB", "next line seen, memory bounded", (f"{HOSTS}::test_a_line_without_end_costs_bounded_memory", f"{LINES}::test_a_line_over_the_cap_is_said_once")),
    Fault(30, "NUL, invalid UTF-8, C1 bytes", "visible, with its bytes", (f"{PTY}::test_invalid_utf8_and_nul_bytes", f"{SCREEN}::test_hostile_text_can_be_read_everywhere_and_does_nothing")),
    Fault(31, "byte order marks, CRLF", "read", (f"{ODD}::test_a_byte_order_mark_and_a_carriage_return_are_no_matter",), "UTF-16 is a reject, with its bytes"),
    Fault(32, "U+0085, U+2028, VT, FF in a string", "still one line", (f"{LINES}::test_only_a_newline_ends_a_line",)),
    Fault(33, "lines that are no JSON or no call", "counted, reachable", (f"{PTY}::test_bad_json_between_good_lines", f"{ODD}::test_what_is_no_json_is_broken")),
    Fault(34, "deep nesting, huge numbers, odd types", "no crash, others seen", (f"{ODD}::test_deep_nesting_is_survived", f"{ODD}::test_odd_values_do_not_lose_the_call")),
    Fault(35, "times out of order, absent, in other zones and units, in 2100; clocks that disagree", "order of arrival; over 5 minutes apart is told, once for each file", ("feed/test_clocks.py", "store/test_store.py::test_a_clock_in_the_year_2100_does_not_poison_now")),
    Fault(36, "the same call twice", "both kept", ("feed/test_feed.py::test_the_same_id_twice_is_two_calls",)),
    Fault(37, "a burst, 50,000 lines a second", "no loss, a key is answered in 0.2 s", (f"{PTY}::test_ten_thousand_lines_at_once", "pty/test_floods.py::test_fifty_thousand_lines_a_second_for_ten_seconds_lose_nothing_and_keys_are_answered")),
    Fault(38, "a log of 10 GB", "its newest calls within 2 s", ("pty/test_floods.py::test_a_log_of_ten_gigabytes_shows_its_newest_calls_at_once",), "most of it a hole"),
    Fault(39, "stopped during five rotations", "all five read, or said", (f"{HOSTS}::test_a_stopped_program_reads_what_was_rotated_meanwhile",)),
    Fault(40, "home not writable, disk full", "reading goes on", (f"{HOSTS}::test_a_home_that_cannot_be_written_does_not_stop_reading_and_a_mark_is_refused_aloud",)),
    Fault(41, "restart after a rotation", "reads all that is there; no offset is saved, so none can be wrong", ("feed/test_feed.py::test_a_restart_reads_all_that_is_there_whatever_was_rotated_meanwhile",), "an older generation is read where the target names it"),
    Fault(42, "the word before the bytes", "synced, then shown", (f"{HOLD}::test_the_line_is_synced_before_the_word_is_shown", f"{DISK}::test_a_mark_is_acknowledged_after_file_and_folder_are_synced")),
    Fault(43, "kill -9 while marking", "acknowledged is on disk", ("corpus/test_crash.py::test_a_kill_at_any_moment_loses_no_acknowledged_mark", f"{HOLD}::test_a_mark_that_is_shown_survives_any_end")),
    Fault(44, "four writers", "nothing lost or torn", ("corpus/test_crash.py::test_four_writers_at_once_lose_nothing_and_tear_nothing",)),
    Fault(45, "git changes the corpus meanwhile", "nothing lost", ("corpus/test_git.py",), "where git can be seen, see marks.md"),
    Fault(46, "disk full", "kept elsewhere or refused aloud", (f"{APPEND}::test_a_full_disk_sends_the_mark_to_the_fallback_and_leaves_no_fragment", f"{HOLD}::test_a_full_disk_is_said_in_a_message_that_stays")),
    Fault(47, "short writes", "whole lines", (f"{DISK}::test_a_disk_that_takes_seven_bytes_at_a_time_gets_whole_lines",)),
    Fault(48, "a failed sync", "never a success", (f"{DISK}::test_a_failed_sync_is_never_tried_again_as_a_success",)),
    Fault(49, "file size limit", "nothing acknowledged is lost", (f"{APPEND}::test_a_limit_on_file_size_loses_nothing_that_was_acknowledged",)),
    Fault(50, "corpus missing, read-only, a link", "made, or kept elsewhere; links refused; 0600", (f"{APPEND}::test_a_read_only_folder_sends_the_mark_to_the_fallback", f"{APPEND}::test_a_mark_goes_through_no_link_and_into_no_pipe", f"{MARKS}::test_only_the_owner_can_read_marks_whatever_the_umask")),
    Fault(51, "a torn tail of somebody else", "stays alone", (f"{APPEND}::test_a_torn_tail_of_another_writer_stays_alone_on_its_line",)),
    Fault(52, "lock held by a stopped process", "named; kept elsewhere in 2 s", (f"{APPEND}::test_a_lock_held_by_a_stopped_process_is_named_and_does_not_stop_the_mark",)),
    Fault(53, "marked twice, by two people", "one item, two votes", (f"{MARKS}::test_the_same_call_marked_twice_is_one_item",)),
    Fault(54, "unmark, mark again", "latest state, history kept", (f"{MARKS}::test_an_unmarked_call_stands_again_when_somebody_marks_it_again",)),
    Fault(55, "log gone, 10 MB, hostile ids", "whole; no path made of an id", (f"{MARKS}::test_a_record_of_ten_megabytes_comes_back_whole", f"{MARKS}::test_no_path_is_made_from_an_id")),
    Fault(56, "any end with a mark in flight", "on disk, or never shown", (f"{HOLD}::test_a_mark_in_flight_is_on_disk_or_was_never_shown",)),
    Fault(59, "a corpus of a million marks", "opens within 2 s", ("corpus/test_many.py",), "2.1 to 2.6 s of processor time for 739 bytes a mark, on a machine with so much else to do that any program took half as long again"),
    Fault(60, "124 leak patterns in every place", "0 obeyed", (SCREEN, NAMES, "house/test_inert.py")),
    Fault(61, "raw bytes and invalid UTF-8", "0 obeyed, every line reached", (f"{SCREEN}::test_hostile_text_can_be_read_everywhere_and_does_nothing",)),
    Fault(62, "a crash by text", "none", (f"{SCREEN}::test_hostile_text_can_be_read_everywhere_and_does_nothing", ODD)),
    Fault(63, "markup and literal brackets", "readable as written", (f"{SCREEN}::test_hostile_text_can_be_read_everywhere_and_does_nothing",)),
    Fault(64, "invisible text", "visible and counted", ("test_ink.py::test_what_is_shown_hides_nothing", "test_ink.py::test_hidden_characters_are_counted_by_kind")),
    Fault(65, "wide, zalgo, tabs", "columns stay in place", ("test_ink.py::test_a_pile_of_marks_keeps_the_width_of_its_letter_and_its_note",)),
    Fault(66, "clicks on hostile calls", "no action, no link, no process", ("house/test_inert.py", "pty/test_poor_terminals.py::test_a_mouse_all_over_hostile_calls_opens_starts_and_marks_nothing")),
    Fault(67, "links in Markdown", "never opened", ("pty/test_poor_terminals.py::test_a_mouse_all_over_hostile_calls_opens_starts_and_marks_nothing",), "nothing is rendered as Markdown"),
    Fault(68, "clipboard", "only on its key, what was shown", (f"{SCREEN}::test_hostile_text_can_be_read_everywhere_and_does_nothing",)),
    Fault(69, "title, bell, modes, mouse", "as before", (f"{SCREEN}::test_hostile_text_can_be_read_everywhere_and_does_nothing", f"{LEAVING}::test_a_signal_restores_the_terminal"), "after kill -9 of tailllm itself: `reset`"),
    Fault(70, "answers of the terminal", "no key", (f"{LEAVING}::test_what_the_terminal_answers_is_no_key",)),
    Fault(71, "a bug of ours", "no value shown, exit 70, terminal restored", (f"{LEAVING}::test_a_bug_in_the_screens_ends_in_order_and_quotes_nothing", f"{LEAVING}::test_a_bug_in_a_command_quotes_nothing", "test_crash.py")),
    Fault(72, "no colour, no UTF-8, one column, unknown or dumb terminal", "no crash, nothing acts", ("pty/test_poor_terminals.py::test_a_poor_terminal_is_survived_and_gets_no_byte_of_a_log_as_a_command", "pty/test_poor_terminals.py::test_where_letters_are_latin_1_no_byte_acts_and_the_frame_keeps_its_form"), "letters the locale lacks are spelled out or a question mark"),
    Fault(73, "stdout to a file", "plain, escaped", ("cli/test_terminal.py::test_no_byte_of_a_log_reaches_a_terminal_as_a_command",)),
    Fault(74, "hostile names and arguments", "as inert as calls", (NAMES,)),
    Fault(75, "secrets in a marked call", "none in the corpus", (f"{SECRETS}::test_no_secret_is_left_anywhere", f"{SECRETS}::test_a_log_line_and_the_whole_file_are_without_it", "pty/test_secrets.py", "corpus/test_rules.py"), "the screen and `tailllm show` show the call as it is"),
    Fault(76, "look-alikes", "untouched", (f"{SECRETS}::test_what_only_looks_alike_is_untouched",)),
    Fault(77, "the same secret again", "the same tag", (f"{SECRETS}::test_the_same_secret_has_the_same_tag_and_the_same_call_the_same_id",)),
    Fault(78, "a rule added later", "`corpus scan` finds it, exit 1", ("cli/test_corpus.py::test_a_scan_names_file_line_and_rule_and_never_the_secret",)),
    Fault(79, "a redactor that fails", "the mark is refused", (f"{SECRETS}::test_a_call_nobody_could_look_through_is_refused",)),
    Fault(80, "patterns that take for ever", "1 MB within a second", (f"{SECRETS}::test_no_megabyte_takes_longer_than_a_second", "test_redact.py::test_ten_times_the_text_takes_about_ten_times_as_long", "corpus/test_rules.py::test_a_pattern_that_takes_for_ever_refuses_the_mark_within_its_time")),
    Fault(81, "SQL that reads, writes, attaches, installs", "refused; no file read or made", (f"{SQL}::test_every_way_out_is_refused_and_nothing_is_changed", f"{SQL}::test_every_way_out_is_refused_by_the_process_too")),
    Fault(82, "writable CTE, several statements, comments, brackets in values", "refused, data intact", (f"{SQL}::test_every_way_out_is_refused_and_nothing_is_changed", f"{WHERE}::test_a_value_is_a_value_whatever_is_in_it")),
    Fault(83, "SQL without end or measure", "ended in time, bounded memory", (f"{SQL}::test_a_question_that_never_ends_is_ended_and_the_next_one_works", f"{SQL}::test_a_question_that_wants_all_memory_is_refused"), "the screens meanwhile are not shown"),
    Fault(84, "a mistake in a filter or in SQL", "said with its place and the nearest name", (f"{SQL}::test_a_mistake_is_told_with_its_place", "store/test_filter.py::test_a_refusal_says_where")),
    Fault(85, "the cache of cases deleted, flipped, a pipe, no room", "read from the files", ("corpus/test_cases.py::test_no_flipped_bit_of_the_cache_reaches_a_case", "corpus/test_cases.py::test_a_cache_that_cannot_be_read_or_written_changes_nothing", "corpus/test_cases.py::test_a_damaged_cache_changes_nothing"), "the ledger has no file: it lives in memory"),
    Fault(86, "values full of SQL, NUL, half characters, long", "parameters", (f"{WHERE}::test_a_value_is_a_value_whatever_is_in_it",), "4,000 characters: a filter has at most 4,096"),
    Fault(87, "the child killed in the middle", "the next question works", (f"{SQL}::test_a_killed_or_cancelled_question_leaves_the_next_one_alone",)),
    Fault(88, "an endpoint that redirects to another host", "no request there, said", (f"{ASKED}::test_a_redirect_takes_no_production_text_elsewhere",)),
    Fault(89, "proxies, .netrc and certificates in the environment", "not used", (f"{ASKED}::test_a_proxy_of_the_environment_is_not_used", "evals/test_hosts.py::test_only_a_certificate_that_the_config_trusts_gets_the_text", f"{ASKED}::test_a_netrc_is_never_read")),
    Fault(90, "a log or case that names an address", "requests go to the configured host alone", (f"{ASKED}::test_an_address_in_a_log_is_never_a_destination",)),
    Fault(91, "a key that is missing, empty or could be shown", "refused before a byte; in no file, log or report", (f"{ASKED}::test_an_empty_key_is_refused_before_anything_is_sent", f"{ASKED}::test_the_key_goes_to_the_endpoint_and_nowhere_else", f"{LOUD}::test_a_corpus_that_cannot_be_run_whole_is_no_pass")),
    Fault(92, "a certificate nobody signed, an expired one, one of another host", "refused; checking cannot be turned off", ("evals/test_hosts.py::test_only_a_certificate_that_the_config_trusts_gets_the_text", "evals/test_hosts.py::test_a_certificate_that_does_not_hold_is_refused_though_its_signer_is_trusted")),
    Fault(93, "bodies that hang, never end, are packed, cut or no JSON", "bounded time and memory, never a pass", (f"{ASKED}::test_a_hostile_body_is_no_answer_and_costs_bounded_memory", f"{LOUD}::test_an_endpoint_that_cannot_answer_is_no_pass_and_no_failure", f"{ASKED}::test_a_body_that_drips_is_given_up_at_the_end_of_its_time")),
    Fault(99, "an eval killed in the middle", "goes on; no answer that arrived is paid for twice", ("evals/test_interrupted.py::test_a_killed_run_asks_again_only_what_was_under_way_and_names_it", "evals/test_interrupted.py::test_ctrl_c_keeps_what_is_under_way_and_the_same_command_goes_on"), "after SIGKILL, what was under way is asked again, and named"),
    Fault(57, "a server that fails, throttles, refuses, hangs or cuts off", "told once, in order, nothing lost", ("channel/test_outbox.py", "channel/test_killed.py::test_every_report_comes_in_once_and_every_reply_goes_out_once"), "5 kills, 50 in `make test-long`; names that resolve nowhere are not tried"),
    Fault(58, "a clock that is set back", "nothing sent twice", ("channel/test_outbox.py::test_a_clock_that_is_set_back_sends_nothing_twice_and_forgets_nothing",)),
    Fault(94, "addresses in what comes in", "never a destination", ("channel/test_doors.py::test_what_comes_in_names_no_place_to_send_to", "channel/test_doors.py::test_an_address_that_could_leak_is_refused", "channel/test_github.py::test_the_next_page_is_asked_of_the_configured_host_only"), "where the config's own name resolves to is not checked"),
    Fault(95, "forged, old or changed deliveries", "do not count", ("channel/test_signed.py",), "functions for an endpoint of your own; tailllm has none"),
    Fault(97, "words that call, close, link or fetch where they go", "harmless", ("channel/test_hostile.py::test_slack_sees_no_mention_and_no_link", "channel/test_hostile.py::test_github_sees_no_mention_number_image_or_link", "channel/test_outbox.py::test_github_hears_it_as_a_comment_that_knows_itself_again")),
    Fault(96, "pages served to others", "none: no socket is opened", ("pty/test_read_only.py::test_no_log_is_written_locked_or_mapped_and_no_socket_leaves_the_host",), "tailllm serves no page; a terminal over SSH is its door"),
    Fault(98, "following", "opens no connection", ("pty/test_read_only.py::test_no_log_is_written_locked_or_mapped_and_no_socket_leaves_the_host",)),
    Fault(100, "no network for a whole session", "all but asking others works", ("pty/test_no_network.py",)),
)  # fmt: skip


FAULTS = sorted(_FAULTS, key=lambda fault: fault.number)


def missing() -> list[str]:
    """Tests that are named and are not there."""
    return [test for fault in FAULTS for test in fault.tests if not _is_there(test)]


def table() -> str:
    """The rows of the page."""
    rows = ["| no. | fault | expected | shown by | result |", "|---|---|---|---|---|"]
    for number, what, expected, tests, gap in FAULTS:
        shown = "<br>".join(f"`{test}`" for test in tests) or "-"
        result = "kept" if tests else "**gap**"
        rows.append(f"| {number} | {what} | {expected} | {shown} | {result}{gap and f'; {gap}'} |")
    return "\n".join(rows) + "\n"


def page(text: str) -> str:
    """The page with the table of today."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    path = TESTS / file
    if not name:
        return path.exists()
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return name in {node.name for node in nodes if isinstance(node, kinds)}


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
