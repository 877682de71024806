"""Every error that the library raises on purpose.

::

    RefusalError
    ├── InputError          what was given cannot be read
    │   ├── MissingFileError    nothing is there
    │   ├── FormatError         something is there, but of no known kind
    │   └── EmptyInputError     a known kind, but without a single message
    ├── OutputError         the result cannot be written
    ├── ResumeError         an interrupted scan cannot be gone on with
    ├── ModelError          a model folder is missing, damaged or of another format
    ├── DataError           labelled data breaks its format
    ├── LexiconError        a rule file breaks its format
    └── MissingExtraError   an optional dependency is not installed

Every message says what to do, so that a command line can show it as it stands.
"""


class RefusalError(Exception):
    """Base of all errors raised on purpose."""


class InputError(RefusalError):
    """What was given cannot be read."""


class MissingFileError(InputError):
    """Nothing is at the given path."""


class FormatError(InputError):
    """The file is of no known kind, or not what its ending says."""


class EmptyInputError(InputError):
    """The input is of a known kind but holds no message."""


class OutputError(RefusalError):
    """The result cannot be written."""


class ResumeError(RefusalError):
    """An interrupted scan cannot be gone on with: it was another one, or what it read or wrote has changed."""


class ModelError(RefusalError):
    """A model folder is missing, damaged or of another format."""


class DataError(RefusalError):
    """Labelled data breaks its format."""


class LexiconError(RefusalError):
    """A rule file breaks its format."""


class MissingExtraError(RefusalError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs an optional part: pip install 'refusal-nlp[{extra}]'")
