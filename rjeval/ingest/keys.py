"""The key of a study: made once, kept outside the study folder, read by its owner alone."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import stat
from pathlib import Path

from rjeval.design.study import StudyDesign
from rjeval.errors import DesignError, ExportError

#: Bytes of a key, as many as SHA-256 gives.
KEY_BYTES = 32
#: What a pseudonym begins with, so that it is never taken for an id or a plain hash.
MARK = "p-"
#: Bytes of the digest that a pseudonym keeps: 128 bits, so that two ids never meet.
KEPT_BYTES = 16
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_key(path: Path) -> None:
    """Write a new random key that only its owner can read.

    Raises
    ------
    ExportError
        Something of that name is there already: a key that is lost cannot be made again, so
        none is ever overwritten. Or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ExportError(
            f"{path.name} is there already, and no key is ever overwritten.",
            hint="Without the old key, old pseudonyms cannot be made again. Name another file.",
        ) from None
    except OSError as error:
        raise ExportError(f"{path.name} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(KEY_BYTES) + "\n")
        os.fchmod(stream.fileno(), 0o600)


def read_key(design: StudyDesign) -> bytes:
    """Return the key that a design names.

    Raises
    ------
    DesignError
        There is none, others can read it, or it is not a key.
    """
    path = design.privacy.key_path(design.root)
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise DesignError(
            f"[privacy] key_file {path.name} cannot be read: {error.strerror}.",
            hint="Make a key with `rjeval keygen FILE`, or ask who holds the study's key.",
        ) from None
    if os.name == "posix" and mode & OTHERS:
        raise DesignError(
            f"[privacy] key_file {path.name} can be read by others than its owner.",
            hint=f"Run `chmod 600` on {path.name}.",
        )
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise DesignError(
            f"[privacy] key_file {path.name} is not a key: {2 * KEY_BYTES} hexadecimal digits "
            "are needed.",
            hint="Make one with `rjeval keygen FILE`.",
        )
    return key


def key_print(design: StudyDesign) -> str:
    """Return a print by which another key is told, and the key itself is not.

    Empty where the design takes no key, or where it cannot be read: prepared data are of use
    without it.
    """
    if not design.privacy.needs_key:
        return ""
    try:
        return hmac.digest(read_key(design), b"print\0", "sha256").hex()
    except DesignError:
        return ""


def is_other_key(design: StudyDesign, saved: str) -> bool:
    """Return whether data were prepared with another key than the one that lies there now."""
    now = key_print(design)
    return bool(now) and now != saved


def pseudonym(key: bytes, text: str) -> str:
    """Return the pseudonym of a text: the same wherever it stands, for the same key.

    The first 128 bits of HMAC-SHA256 (RFC 2104) over the text in UTF-8, in base 32.

    Examples
    --------
    >>> pseudonym(bytes(32), "A-17") == pseudonym(bytes(32), "A-17")
    True
    >>> pseudonym(bytes(32), "A-17") == pseudonym(bytes(32), "a-17")
    False
    """
    digest = hmac.digest(key, text.encode("utf-8"), "sha256")[:KEPT_BYTES]
    return MARK + base64.b32encode(digest).decode("ascii").rstrip("=").lower()


def offset_of(key: bytes, name: str, *, most: int) -> int:
    """Return a number of days from -``most`` to ``most``, never 0, that the key gives a name."""
    digest = hmac.digest(key, b"shift\0" + name.encode("utf-8"), "sha256")
    place = int.from_bytes(digest[:8], "big") % (2 * most)
    return place - most if place < most else place - most + 1
