"""Arguments of the `rjeval` command, and errors as one sentence with an exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import rjeval
from rjeval.cli.frames import safe_traceback
from rjeval.errors import RjevalError

#: Exit code of an error that rjeval did not expect (EX_SOFTWARE of sysexits.h).
UNEXPECTED = 70
#: Exit code of a run stopped from the keyboard (128 + SIGINT).
INTERRUPTED = 130

#: Smallest synthetic programme.
FEWEST_REFERRALS = 20
_KINDS = ("annual", "factsheet", "methods", "all")
_FORMATS = ("html", "pdf", "docx")


def run() -> None:
    """Entry point of the console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    given = _parser().parse_args(arguments)
    try:
        _function(given.command)(given)
    except RjevalError as error:
        if given.debug:
            _say(safe_traceback(error))
            return error.exit_code
        _say(f"Error: {error.message}")
        if error.hint:
            _say(error.hint)
        return error.exit_code
    except KeyboardInterrupt:
        _say("Stopped from the keyboard; nothing was half written.")
        return INTERRUPTED
    except BrokenPipeError:
        return 0
    except Exception as error:
        if given.debug:
            _say(safe_traceback(error))
        else:
            _say(
                f"Error: rjeval met something unexpected ({type(error).__name__}). "
                "Run again with --debug to see where."
            )
        return UNEXPECTED
    return 0


def _function(command: str) -> Callable[[argparse.Namespace], None]:
    """Import a command's module, which loads engines, only now, and return its function."""
    module, name = _COMMANDS[command]
    found: Callable[[argparse.Namespace], None] = getattr(import_module(module), name)
    return found


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rjeval",
        description="Evaluate restorative-justice programmes: exports in, safe reports out.",
        epilog="Start with `rjeval demo`, or `rjeval init DIR` for a study of your own.",
    )
    parser.add_argument("--version", action="version", version=f"rjeval {rjeval.__version__}")
    parser.add_argument(
        "--debug", action="store_true", help="show where an error arose, without values of the data"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary, fill in _ARGUMENTS:
        one = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        one.add_argument(
            "--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        fill(one)
    return parser


def _with_study(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "study",
        nargs="?",
        type=Path,
        default=Path("study.toml"),
        metavar="STUDY",
        help="study.toml or its folder (default: here)",
    )


def _with_plan(parser: argparse.ArgumentParser) -> None:
    _with_study(parser)
    parser.add_argument(
        "--amend", metavar="REASON", help="write down a change of the fixed plan, with its reason"
    )


def _with_raw(parser: argparse.ArgumentParser) -> None:
    _with_study(parser)
    parser.add_argument(
        "--raw", type=Path, metavar="DIR", help="folder of the exports (default: data/raw)"
    )


def _with_check(parser: argparse.ArgumentParser) -> None:
    _with_raw(parser)
    parser.add_argument("--html", type=Path, metavar="FILE", help="write the account as a page")


def _with_report(parser: argparse.ArgumentParser) -> None:
    _with_raw(parser)
    parser.add_argument("--kind", choices=_KINDS, default="annual", help="which document")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where (default: reports)")
    parser.add_argument(
        "--since", type=Path, metavar="REPORT", help="say what changed since an earlier report"
    )
    parser.add_argument(
        "--formats",
        type=_formats,
        default=_FORMATS,
        metavar="LIST",
        help="only these of html,pdf,docx (default: all three)",
    )
    parser.add_argument("--again", action="store_true", help="also where nothing has changed")
    parser.add_argument("--times", action="store_true", help="print the seconds of each stage")


def _formats(text: str) -> tuple[str, ...]:
    given = tuple(text.split(","))
    if not set(given) <= set(_FORMATS):
        raise argparse.ArgumentTypeError(f"must be of {', '.join(_FORMATS)}, with commas between")
    return given


def _with_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder to write to")


def _with_new_study(parser: argparse.ArgumentParser) -> None:
    _with_folder(parser)
    parser.add_argument(
        "--language", choices=("en", "es"), default="en", help="of reports and notebooks"
    )


def _with_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="folder for the study (default: the checkout, or ./rjeval-demo)",
    )


def _with_simulation(parser: argparse.ArgumentParser) -> None:
    _with_folder(parser)
    parser.add_argument("--size", type=_referrals, default=600, help="referrals (default: 600)")
    parser.add_argument("--seed", type=_seed, help="seed (default: the demonstration's)")


def _with_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE", help="a .md, .html or .xlsx file")


def _with_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help="a .toml file")
    parser.add_argument("--from", dest="code", default="es", metavar="CODE", help="default: es")
    parser.add_argument("--empty", action="store_true", help="leave the right sides empty")


def _with_texts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".ipynb, .docx, .md")
    parser.add_argument(
        "--tier", choices=[*"012345"], default="1", help="how much the design can carry"
    )


def _with_map(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="raw files")
    parser.add_argument(
        "--write", type=Path, metavar="STUDY", help="add the draft to this study, as a comment"
    )


def _with_rows(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="new CSV file, outside the study")
    _with_study(parser)


def _with_twin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="DIR", help="new folder, outside the study")
    _with_study(parser)


def _with_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="new file, outside any study")


def _with_attack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", type=Path, metavar="DIR", help="folder of a finished report")
    parser.add_argument("--study", type=Path, help="study whose ids must not appear in it")


def _referrals(text: str) -> int:
    return _whole_number(text, least=FEWEST_REFERRALS)


def _seed(text: str) -> int:
    return _whole_number(text, least=0)


def _whole_number(text: str, *, least: int) -> int:
    """Read a whole number; anything else is said in the words of argparse, without a type."""
    if not text.removeprefix("-").isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"a whole number of at least {least} is needed")
    return int(text)


#: Command, its summary, and what adds its arguments.
_ARGUMENTS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("init", "lay out the folder of a new study", _with_new_study),
    ("map", "draft the map of files that nobody has mapped yet", _with_map),
    ("check", "check the design and the exports, and change nothing", _with_check),
    ("prepare", "clean the exports and store them in data/processed", _with_raw),
    ("report", "make the evaluation as HTML, PDF and DOCX", _with_report),
    ("demo", "make the report of the demonstration study", _with_demo),
    ("lock", "fix the plan of analysis before outcomes are linked", _with_plan),
    ("attack", "read a finished report as an intruder would", _with_attack),
    ("lint-text", "apply the wording rules to a text", _with_texts),
    ("dictionary", "print the data dictionary", _with_out),
    ("words", "write the words of a language as one file, to start another", _with_words),
    ("export-microdata", "write rows for others, if enough people look alike", _with_rows),
    ("twin", "write a synthetic twin: invented people, from released tables", _with_twin),
    ("keygen", "make the key for pseudonyms and shifted dates", _with_key),
    ("simulate", "write the exports of an invented programme", _with_simulation),
)
_COMMANDS = {
    "init": ("rjeval.cli.layout", "init"),
    "map": ("rjeval.cli.drafting", "draft_map"),
    "check": ("rjeval.cli.data", "check"),
    "prepare": ("rjeval.cli.data", "prepare"),
    "simulate": ("rjeval.cli.simulation", "simulate"),
    "lock": ("rjeval.cli.words", "lock"),
    "attack": ("rjeval.cli.intruder", "attack"),
    "lint-text": ("rjeval.cli.words", "lint"),
    "dictionary": ("rjeval.cli.words", "dictionary"),
    "words": ("rjeval.cli.words", "words"),
    "export-microdata": ("rjeval.cli.private", "export_microdata"),
    "twin": ("rjeval.cli.twins", "twin"),
    "keygen": ("rjeval.cli.private", "keygen"),
    "report": ("rjeval.cli.reports", "report"),
    "demo": ("rjeval.cli.reports", "demo"),
}
