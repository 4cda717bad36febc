"""The words of the device alone: answers, nonces, streams, and what a request does when it is granted."""

from __future__ import annotations

from enum import Enum


class Response(Enum):
    """How the latest step was answered: a request by the DSM, a packet by the TDI. [PCIe T11-4, T11-27]"""

    NONE = 0  # the step was no request and no packet
    RESPONSE = 1  # the response that belongs to the request: its code less 80h
    NO_RESPONSE = 2
    INVALID_REQUEST = 3
    BUSY = 4
    INVALID_INTERFACE_STATE = 5
    UNSPECIFIED = 6
    UNSUPPORTED_REQUEST = 7
    VERSION_MISMATCH = 8
    VENDOR_SPECIFIC_ERROR = 9
    INVALID_INTERFACE = 10
    INVALID_NONCE = 11
    INSUFFICIENT_ENTROPY = 12
    INVALID_DEVICE_CONFIGURATION = 13
    ACCEPTED = 14  # a packet
    REJECTED = 15  # a packet


class Nonce(Enum):
    """The START nonce that the DSM stores: none, the one it handed out, one that nobody was told."""

    NONE = 0
    HANDED_OUT = 1
    UNTOLD = 2


class Copy(Enum):
    """The guest's copy of the nonce: none, that of the present lock, an old one."""

    NONE = 0
    CURRENT = 1
    STALE = 2


class Stream(Enum):
    """The default IDE stream: not secure, with keys of another SPDM session, with keys of this one."""

    INSECURE = 0
    OF_ANOTHER_SESSION = 1
    SECURE = 2


class Configuration(Enum):
    """Whether the function's configuration is one that can be locked."""

    FIT = 0
    UNFIT = 1


class Effect(Enum):
    """What happens to a TDI: what a request asks for and gets, or what an event does."""

    NONE = 0
    LOCK = 1
    START = 2
    STOP = 3
    READ_PIECE = 4
    READ_REPORT = 5
    BIND_STREAM = 6
    UNBIND_STREAM = 7
    SHARE_RANGE = 8
    UNSHARE_RANGE = 9
    SPOIL_NONCE = 10
    ERROR = 11
    FUNCTION_RESET = 12
    RESET = 13
    LOSE_CONTEXT = 14
    CLEAR = 15
