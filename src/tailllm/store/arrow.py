"""Columns as plain bytes, in the layout that Arrow gives them: the database reads them in place.

Only the five kinds of columns that the ledger has. The layout and the two C structures are in
https://arrow.apache.org/docs/format/CDataInterface.html.
"""

import ctypes
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar

LETTERS = {"DOUBLE": "g", "BIGINT": "l", "INTEGER": "i", "BOOLEAN": "b", "VARCHAR": "u"}
NOTHING = "n"
"""The letter of a column without any value."""
_ARRAYS = {"g": "d", "l": "q", "i": "i"}
_CODE_BYTES = array("i").itemsize
_BITS = bytes([0x30, 0x31]) + bytes(254)


class Packed(NamedTuple):
    """One column."""

    letter: str
    missing: int
    buffers: tuple[bytes | None, ...]
    values: "Packed | None" = None
    """What the numbers in it stand for; None where they are the values."""
    known: int = 0
    """How many `values` are."""

    def plain(self) -> tuple[Any, ...]:
        """For a pipe."""
        values = self.values and tuple(self.values)
        return (self.letter, self.missing, self.buffers, values, self.known)


def packed(plain: tuple[Any, ...]) -> Packed:
    """From a pipe."""
    letter, missing, buffers, values, known = plain
    return Packed(letter, missing, buffers, values and Packed(*values), known)


def pack(kind: str, values: Sequence[Any]) -> Packed:
    """The values of one column; None is a missing one.

    Raises:
        TypeError, OverflowError, UnicodeEncodeError: No column of this kind holds one of them.
    """
    missing = values.count(None)
    if missing == len(values):
        return Packed(NOTHING, missing, ())
    valid = None
    if missing:
        valid = _bits([value is not None for value in values])
        nothing = "" if kind == "VARCHAR" else 0
        values = [nothing if value is None else value for value in values]
    letter = LETTERS[kind]
    if letter == "u":
        return Packed(letter, missing, (valid, *_texts(values)))
    data = _bits(values) if letter == "b" else array(_ARRAYS[letter], values).tobytes()
    return Packed(letter, missing, (valid, data))


def codes_of(numbers: Sequence[int]) -> bytes:
    """Which value each call has: for any number of columns."""
    return array("i", numbers).tobytes()


def coded(values: Packed, known: int, codes: bytes) -> Packed:
    """A column of so many known values, given by their codes."""
    if values.letter == NOTHING:
        return values._replace(missing=len(codes) // _CODE_BYTES)
    return Packed("i", 0, (None, codes), values, known)


def renumbered(column: Packed, numbers: list[int]) -> Packed:
    """A column of integers with every `n` replaced by `numbers[n]`."""
    if column.values is not None:
        return column._replace(values=renumbered(column.values, numbers))
    if column.letter == NOTHING or numbers == list(range(len(numbers))):
        return column
    valid, data = column.buffers
    old = array("i", data or b"")
    new = array("i", map(numbers.__getitem__, old)).tobytes()
    return column._replace(buffers=(valid, new))


def _bits(flags: Sequence[bool]) -> bytes:
    digits = bytes(flags)[::-1].translate(_BITS)
    return int(digits, 2).to_bytes((len(flags) + 7) // 8, "little")


def _texts(values: Sequence[str]) -> tuple[bytes, bytes]:
    joined = "".join(values)
    if joined.isascii():
        data, lengths = joined.encode(), map(len, values)
    else:
        pieces = [value.encode() for value in values]
        data, lengths = b"".join(pieces), map(len, pieces)
    return array("i", accumulate(lengths, initial=0)).tobytes(), data


class _Schema(ctypes.Structure):
    """`struct ArrowSchema`."""

    _fields_ = (
        ("format", ctypes.c_char_p),
        ("name", ctypes.c_char_p),
        ("metadata", ctypes.c_char_p),
        ("flags", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


class _Array(ctypes.Structure):
    """`struct ArrowArray`."""

    _fields_ = (
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.c_void_p),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


_Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def _released(kind: type[ctypes.Structure]) -> Any:
    """What the reader calls when it has done: our memory lives as long as its `Table`."""

    def release(address: int) -> None:
        kind.from_address(address).release = None

    return _Release(release)


_SCHEMA_RELEASED, _ARRAY_RELEASED = _released(_Schema), _released(_Array)
_NULLABLE = 2
_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype = ctypes.py_object
_capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)


_Kept = TypeVar("_Kept")


class Table:
    """Columns of the same length, for one reader to read once; keep it while it is read."""

    def __init__(self, names: Sequence[str], columns: Sequence[Packed], length: int) -> None:
        self._length = length
        self._kept: list[Any] = []
        self._columns = list(zip(names, columns, strict=True))

    def __arrow_c_schema__(self) -> Any:
        """The kinds of the columns."""
        return self._handed(self._schema(), b"arrow_schema")

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[Any, Any]:
        """The kinds and the bytes."""
        return self.__arrow_c_schema__(), self._handed(self._array(), b"arrow_array")

    def _handed(self, structure: ctypes.Structure, name: bytes) -> Any:
        return _capsule(ctypes.addressof(structure), name, None)

    def _schema(self) -> _Schema:
        children = [self._kind(name, column) for name, column in self._columns]
        return self._keep(
            _Schema(
                format=b"+s",
                name=b"",
                n_children=len(children),
                children=self._pointers([ctypes.addressof(child) for child in children]),
                release=ctypes.cast(_SCHEMA_RELEASED, ctypes.c_void_p),
            )
        )

    def _kind(self, name: str, column: Packed) -> _Schema:
        values = column.values
        return self._keep(
            _Schema(
                format=column.letter.encode(),
                name=name.encode(),
                flags=_NULLABLE,
                dictionary=None if values is None else ctypes.addressof(self._kind("", values)),
                release=ctypes.cast(_SCHEMA_RELEASED, ctypes.c_void_p),
            )
        )

    def _array(self) -> _Array:
        children = [self._child(column, self._length) for _, column in self._columns]
        return self._keep(
            _Array(
                length=self._length,
                n_buffers=1,
                n_children=len(children),
                buffers=self._pointers([None]),
                children=self._pointers([ctypes.addressof(child) for child in children]),
                release=ctypes.cast(_ARRAY_RELEASED, ctypes.c_void_p),
            )
        )

    def _child(self, column: Packed, length: int) -> _Array:
        values = column.values
        known = None if values is None else self._child(values, column.known)
        buffers = [None if one is None else self._address(one) for one in column.buffers]
        return self._keep(
            _Array(
                length=length,
                null_count=column.missing,
                n_buffers=len(buffers),
                buffers=self._pointers(buffers),
                dictionary=None if known is None else ctypes.addressof(known),
                release=ctypes.cast(_ARRAY_RELEASED, ctypes.c_void_p),
            )
        )

    def _address(self, data: bytes) -> int | None:
        return ctypes.cast(self._keep(ctypes.c_char_p(data)), ctypes.c_void_p).value

    def _pointers(self, addresses: Sequence[int | None]) -> int:
        return ctypes.addressof(self._keep((ctypes.c_void_p * max(1, len(addresses)))(*addresses)))

    def _keep(self, thing: _Kept) -> _Kept:
        self._kept.append(thing)
        return thing
