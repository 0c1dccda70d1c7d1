"""XMP: the description, the software and the facts, as RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from batches.store.images.embedding.notes import LeftAsItIs, speakable

if TYPE_CHECKING:
    from batches.store.images.embedding.notes import Notes

NAMESPACE = "urn:fluxbatch:1#"
"""Of the one property that is ours: `provenance`."""

PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
    "</rdf:RDF></x:xmpmeta>\n"
    '<?xpacket end="w"?>'
)

ABOUT = (
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:fluxbatch="{namespace}">\n'
    '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>\n'
    "<xmp:CreatorTool>{software}</xmp:CreatorTool>\n"
    "<fluxbatch:provenance>{facts}</fluxbatch:provenance>\n"
    "</rdf:Description>\n"
)

END = b"</rdf:RDF>"


def packet(notes: Notes, had: bytes | None = None) -> bytes:
    """A packet with these notes, beside whatever the picture's own packet says."""
    before, end, after = (PACKET.encode() if had is None else had).rpartition(END)
    if not end:
        raise LeftAsItIs
    about = ABOUT.format(
        namespace=NAMESPACE,
        description=escape(speakable(notes.description)),
        software=escape(speakable(notes.software)),
        facts=escape(notes.facts),
    )
    return before + about.encode() + end + after
