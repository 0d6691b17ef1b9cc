"""What a file is, by its content: what its name says is not believed.

Sources: ISO 32000-1, 7.5.2; W3C, "Portable Network Graphics", 5.2; ITU-T T.81, annex B; W3C,
"Extensible Markup Language (XML) 1.0", 2.8.
"""

from dataclasses import dataclass
from xml.parsers import expat

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class FileKind:
    media_type: str
    endings: tuple[str, ...]  # the first is given to a name that has none of them


PDF = FileKind("application/pdf", (".pdf",))
XML = FileKind("application/xml", (".xml",))
BY_BEGINNING = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind("image/png", (".png",))),
    (b"\xff\xd8\xff", FileKind("image/jpeg", (".jpg", ".jpeg"))),
)
ENDINGS = (*(each for _, kind in BY_BEGINNING for each in kind.endings), *XML.endings)


class NotXml(Exception):
    pass


def kind_of(content: bytes) -> FileKind | None:
    """None for whatever may not be attached."""
    for beginning, kind in BY_BEGINNING:
        if content.startswith(beginning):
            return kind
    return XML if is_xml(content) else None


def is_xml(content: bytes) -> bool:
    """Well-formed from end to end, and without a type of its own: so no entity grows."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        for at in range(0, len(content), CHUNK):
            parser.Parse(content[at : at + CHUNK], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, NotXml, ValueError, LookupError):  # an encoding that nobody knows
        return False
    return True


def refuse(*_: object) -> None:
    raise NotXml
