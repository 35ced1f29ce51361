"""A command's words as a shell reads them: quoted, escaped, or a variable's."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from httptui.tui.forms.shell_words import VARIABLE_END, VARIABLE_START, ShellError, split_command


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\ue000\ue001"), max_size=20), max_size=6
    )
)
def test_words_are_those_that_were_quoted(words: list[str]) -> None:
    assert split_command(shlex.join(words)).words == tuple(words)


@given(st.text(max_size=60))
def test_splitting_raises_nothing_but_its_own_error(text: str) -> None:
    try:
        command = split_command(text)
    except ShellError as error:
        assert str(error)
    else:
        assert all(isinstance(word, str) for word in command.words)


@pytest.mark.skipif(shutil.which("bash") is None, reason="compares with bash")
def test_words_are_those_of_bash() -> None:
    lines = [
        r"""a 'b c' "d \" e" f\ g $'h\'i\tj' k"l"'m'$'n' """,
        r"""'' "" $'' a\
b "c\
d" 'e\
f'""",
        r"""$'\x41\102\u00e9\u20ac\xe2\x82\xac\\\"\?\q' "\a\\\$\`" \a""",
        r"""a#b 'c'#d "#e" h=i [k] l?m""",
        r"""{} {a} {a..3} {1..} a,b} {a,{b} {a}, '{a,b}' {\a,b\} \{1..3} {"1..3"} {a'..'c}""",
        r"""x~/y "~/"z \~/ ~"/x" b:~/c 1=~/x '~/' "a$" "$." $, '$1 ${A:-b}' \$1""",
    ]
    for line in lines:
        script = f"printf '%s\\0' {line}"
        seen = subprocess.run(["bash", "-fc", script], capture_output=True, check=True).stdout.decode()
        assert split_command(line).words == tuple(seen.split("\0")[:-1])


def test_a_variable_stands_between_its_marks() -> None:
    assert split_command('a$B"${C}"').words == (
        f"a{VARIABLE_START}B{VARIABLE_END}{VARIABLE_START}C{VARIABLE_END}",
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$1", "$1"),
        ("$0x", "$0"),
        ("$?", "$?"),
        ("$@", "$@"),
        ("$$", "$$"),
        ("$-", "$-"),
        ("${A:-b}", "${A…}"),
        ("${A:?hunter2}", "${A…}"),
        ("${#A}", "${#A…}"),
        ("${!A}", "${!A…}"),
        ("${1}", "${1…}"),
        ("${A", "${A…}"),
        ("$[1+2]", "$[…]"),
    ],
)
def test_what_only_a_shell_can_work_out_is_refused_by_name(text: str, shown: str) -> None:
    for command in (text, f"a{text}", f'"{text}"', f'$"a {text}"'):
        with pytest.raises(ShellError, match=f"^holds the shell's {re.escape(shown)}, which only a shell"):
            split_command(command)
    assert split_command(f"'{text}'").words == (text,)


@pytest.mark.parametrize(
    "text", ["{1..3}", "a{-1..+3..2}", "{a..c}", "{a,b}", "{,}", "x{a{b}c,d}", '{"a":1,"b":2}']
)
def test_braces_of_which_bash_makes_several_words_are_refused(text: str) -> None:
    with pytest.raises(ShellError, match=r"^has braces outside quotes"):
        split_command(text)
    assert split_command(f"'{text}'").words == (text,)


@pytest.mark.parametrize("text", ["~", "~/a", "data=~/a"])
def test_a_tilde_for_a_folder_is_refused(text: str) -> None:
    with pytest.raises(ShellError, match=r"^has ~ for a folder"):
        split_command(f"a {text}")
    assert split_command(f"'{text}'").words == (text,)
