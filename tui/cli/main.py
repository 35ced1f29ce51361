"""The `httptui` command: its subcommands, and every error as plain lines and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from httptui.errors import NO_MORE, ExitCode, HttptuiError, is_refused
from httptui.safe_text import safe_text
from httptui.tui.cli.streams import complain, note
from httptui.version import __version__

COMMANDS = {
    "app": "httptui.tui.cli.app:app",
    "run": "httptui.tui.cli.run:run",
    "presets": "httptui.tui.cli.presets:presets",
    "code": "httptui.tui.cli.code:code",
    "engines": "httptui.tui.cli.engines:engines",
    "doctor": "httptui.tui.cli.doctor:doctor",
    "selftest": "httptui.tui.cli.selftest:selftest",
    "report": "httptui.tui.cli.report:report",
    "target": "httptui.tui.cli.target:target",
    "config": "httptui.tui.cli.config:config",
    "completion": "httptui.tui.cli.completion:completion",
}
OPTIONS_OF_ITS_OWN = ("--help", "-h", "--version")
DEBUG = "--debug"
BUG = 1
LONGEST_SAID = 400
"""Characters of an unforeseen error's message, after which the line still has to say where the traceback is."""


def _let_debug(command: click.Command) -> None:
    """Add the flag --debug to a command and all its subcommands."""
    if all(parameter.name != "debug" for parameter in command.params):
        command.params.append(
            click.Option(
                [DEBUG],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_begin_log,
                help="Write a log of every step, and print its path.",
            )
        )
    if isinstance(command, click.Group):
        for one in command.commands.values():
            _let_debug(one)


def _begin_log(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from httptui.tui.debugging import begin

        note(f"the log of every step: {begin()}")


class Commands(click.Group):
    """Subcommands imported when they are needed; anything else is the app's URL or option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert `app` if no subcommand is named, except for a completing shell."""
        if ctx.resilient_parsing and not args:
            return super().parse_args(ctx, args)
        if args[:1] == [DEBUG] and args[1:2] and args[1] in COMMANDS:
            args = [args[1], DEBUG, *args[2:]]
        if not args or args[0] not in (*COMMANDS, *OPTIONS_OF_ITS_OWN):
            args = ["app", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module, _colon, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        _let_debug(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The subcommands, or the options, the app's among them."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-") and (app := self.get_command(ctx, "app")) is not None:
            found += app.shell_complete(click.Context(app, parent=ctx, resilient_parsing=True), incomplete)
        return list({item.value: item for item in found}.values())


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="",
    subcommand_metavar="[URL] [--preset NAME|FILE]\n       httptui COMMAND …",
)
@click.version_option(__version__, message="httptui %(version)s")
def httptui() -> None:
    """Compare Python HTTP clients, and the ways to use them, under load, live in the terminal.

    Without a command, the app opens on the preset demo and the built-in target, or on the URL given. Without a
    terminal, the same plan runs without a screen. --debug, with any command, or HTTPTUI_LOG=FILE writes a log of
    every step, without secrets.

    \b
    Exit codes: 0 done; 2 bad plan or flags; 3 a check or an expectation was missed; 4 no contender finished;
    5 refused, no consent for that host; 130 interrupted.
    """


def main(args: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; no error leaves as a traceback."""
    code = _carried_out(args)
    if (debugging := sys.modules.get("httptui.tui.debugging")) is not None:
        debugging.end(code)
    return code


def _carried_out(args: Sequence[str] | None) -> int:
    try:
        if file := os.environ.get("HTTPTUI_LOG"):
            from httptui.tui.debugging import begin

            begin(file)
        code = httptui.main(args, prog_name="httptui", standalone_mode=False)
    except HttptuiError as error:
        complain(*str(error).splitlines())
        return error.exit_code
    except click.UsageError as error:
        _complain_of_usage(error)
        return ExitCode.BAD_INPUT
    except click.ClickException as error:
        complain(_one_line(error))
        return ExitCode.BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except SystemExit:
        # How the toolkit ends where the reader of a help page has gone.
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001 - a traceback could show a secret, and says little to a user.
        if lacking := _lacking(error):
            complain(lacking)
        elif isinstance(error, OSError):
            complain(f"{error.filename or 'output'}: {error.strerror or error}")
        else:
            _complain_of_bug(error)
            return BUG
        return ExitCode.BAD_INPUT
    return code if isinstance(code, int) else ExitCode.DONE


def _lacking(error: Exception) -> str:
    """Return the resource that this machine lacks; "" for any other error."""
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "the system allows no further open file (see ulimit -n)"
    return NO_MORE if is_refused(error) else ""


def _complain_of_bug(error: Exception) -> None:
    """Write one line, and the traceback to the file that it names."""
    said = ""
    try:
        from httptui.tui.debugging import keep_traceback, masked

        said = safe_text(masked(str(error)), LONGEST_SAID)
        kept = keep_traceback(error)
    except Exception as why:  # noqa: BLE001 - where nothing works any more, the line at least is told.
        kept = f"its traceback could not be kept: {type(why).__name__}"
    complain(f"this is a bug in httptui: {type(error).__name__}: {said} {_place(error)}; {kept}")


def _complain_of_usage(error: click.UsageError) -> None:
    """Write one line that points to the help, or the help itself for a group without a subcommand."""
    if error.ctx and error.message == (page := error.ctx.get_help()):
        for line in page.splitlines():
            note(line)
        return
    path = error.ctx.command_path.replace("httptui app", "httptui") if error.ctx else "httptui"
    complain(f"{_one_line(error)} (see {path} --help)")


def _one_line(error: click.ClickException) -> str:
    return " ".join(error.format_message().split())


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"({trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno})" if trace else ""


if __name__ == "__main__":
    sys.exit(main())
