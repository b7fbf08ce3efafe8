import socket
import sys
import time

import pytest

from bpmn.reading import (
    BPMN,
    MAX_ATTRIBUTES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_PARTS,
    MAX_VALUE,
    UnreadableDiagram,
    read,
    schema_errors,
)

OPEN = f'<definitions xmlns="{BPMN}" targetNamespace="contoh">'.encode()
CLOSE = b"</definitions>"
SECRET = "<isi berkas rahasia"  # not well-formed: reading it would be another refusal


def attributes(count: int) -> bytes:
    return b"".join(b' z%d=""' % number for number in range(count))


@pytest.fixture
def secret(tmp_path) -> str:
    """The address of a file on this machine that no diagram may get at."""
    path = tmp_path / "rahasia.txt"
    path.write_text(SECRET)
    return path.as_uri()


@pytest.fixture
def outside():
    """What is opened or asked of the network from now on, as the interpreter sees it."""
    seen: list[str] = []
    watching = [True]

    def watch(event: str, arguments: tuple) -> None:
        if watching and event in ("open", "socket.connect", "socket.getaddrinfo"):
            seen.append(f"{event} {arguments[0]}")

    sys.addaudithook(watch)
    yield seen
    watching.clear()


def laughs(place: bytes) -> bytes:
    """A document that is 10^12 characters long when its entities are put in."""
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 13)
    )
    head = b'<!DOCTYPE definitions [<!ENTITY e0 "ha">' + entities + b"]>"
    return head + (OPEN + b"here" + CLOSE).replace(place, b"&e12;")


def refused(source: bytes) -> str:
    with pytest.raises(UnreadableDiagram) as refusal:
        read(source)
    return str(refusal.value)


def test_a_bpmn_file_is_read(skp):
    assert read(skp).tag == f"{{{BPMN}}}definitions"


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"   \n",
        b"Langkah 1: menyiapkan blanko",
        b"PK\x03\x04\x14\x00",
        b"\x00\x01\x02\xff",
        OPEN,
        OPEN + b"<process></definitions>",
        OPEN + CLOSE + OPEN + CLOSE,
        OPEN + b"&tidak-ada;" + CLOSE,
        OPEN + b"\xff\xfe" + CLOSE,
        OPEN + b"\x00" + CLOSE,
        b'<?xml version="1.0" encoding="sandi-rahasia"?>' + OPEN + CLOSE,
    ],
)
def test_what_is_not_well_formed_xml_is_refused_with_the_reason(source):
    assert "bukan XML yang benar" in refused(source)


@pytest.mark.parametrize(
    "source",
    [
        b"<html><body /></html>",
        b"<definitions />",
        b'<definitions xmlns="http://www.omg.org/spec/DMN/20180521/MODEL/" />',
        f'<process xmlns="{BPMN}" />'.encode(),
    ],
)
def test_other_xml_is_refused(source):
    assert "bukan diagram BPMN 2.0" in refused(source)


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE definitions>",
        b'<!DOCTYPE definitions SYSTEM "bpmn.dtd">',
        b'<!DOCTYPE definitions PUBLIC "-//x//y" "http://127.0.0.1:9/bpmn.dtd">',
        b'<!DOCTYPE definitions [<!ENTITY nama "Staf">]>',
        b'<!DOCTYPE definitions [<!ATTLIST process id CDATA "p">]>',
    ],
)
def test_a_doctype_is_refused(doctype):
    assert "DOCTYPE" in refused(doctype + OPEN + CLOSE)


def test_a_doctype_is_refused_in_any_encoding():
    source = '<!DOCTYPE definitions [<!ENTITY a "b">]>' + (OPEN + CLOSE).decode()
    assert "DOCTYPE" in refused(source.encode("utf-16"))


@pytest.mark.parametrize(
    "declaration",
    ['<!ENTITY a SYSTEM "{}">', '<!ENTITY a PUBLIC "x" "{}">', '<!ENTITY % a SYSTEM "{}"> %a;'],
)
def test_an_external_entity_is_refused_and_its_file_is_never_shown(secret, declaration):
    doctype = f"<!DOCTYPE definitions [{declaration.format(secret)}]>"
    said = refused(doctype.encode() + OPEN + b"&a;" + CLOSE)
    assert "DOCTYPE" in said


@pytest.mark.parametrize("place", [b"here", b"contoh"], ids=["text", "attribute"])
def test_a_billion_laughs_are_refused_at_once(place):
    start = time.process_time()
    refused(laughs(place))
    assert time.process_time() - start < 30


def test_one_long_entity_put_in_often_is_refused_at_once():
    doctype = b'<!DOCTYPE d [<!ENTITY a "' + b"x" * 100_000 + b'">]>'
    start = time.process_time()
    refused(doctype + OPEN.replace(b"contoh", b"&a;" * 100_000) + CLOSE)
    assert time.process_time() - start < 30


def test_a_file_of_the_largest_size_is_read_and_one_byte_more_is_refused(skp):
    largest = skp.ljust(MAX_BYTES)
    assert read(largest) is not None
    assert "terlalu besar" in refused(largest + b" ")


def test_the_deepest_nesting_is_read_and_one_level_more_is_refused():
    inner = MAX_DEPTH - 1
    assert read(OPEN + b"<a>" * inner + b"</a>" * inner + CLOSE) is not None
    inner += 1
    assert "terlalu dalam" in refused(OPEN + b"<a>" * inner + b"</a>" * inner + CLOSE)


@pytest.mark.parametrize(
    ("most", "one_more"),
    [
        (MAX_PARTS - 2, OPEN + b"<a/>" * (MAX_PARTS - 1) + CLOSE),
        (MAX_ATTRIBUTES, OPEN + b"<a " + attributes(MAX_ATTRIBUTES + 1) + b"/>" + CLOSE),
        (MAX_VALUE, OPEN + b'<a b="' + b"x" * (MAX_VALUE + 1) + b'"/>' + CLOSE),
    ],
    ids=["parts", "attributes", "letters"],
)
def test_as_much_as_may_be_is_read_and_one_more_is_refused(most, one_more):
    less = one_more.replace(b"<a/>", b"", 1).replace(b' z0=""', b"", 1).replace(b'"x', b'"', 1)
    assert read(less) is not None
    assert "terla" in refused(one_more)


def test_nesting_without_end_is_refused_at_once():
    start = time.process_time()
    refused(OPEN + b"<a>" * 1_000_000)
    assert time.process_time() - start < 30


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_as_the_same_document(skp, encoding):
    text = skp.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    mark = "" if encoding == "utf-16" else "\ufeff"
    names = [element.get("name") for element in read(skp).iter()]
    assert [e.get("name") for e in read((mark + text).encode(encoding)).iter()] == names


def test_xinclude_is_not_followed(secret):
    include = f'<xi:include href="{secret}" parse="text" />'
    around = '<a xmlns:xi="http://www.w3.org/2001/XInclude">'
    root = read(OPEN + f"{around}{include}</a>".encode() + CLOSE)
    assert SECRET not in "".join(map(str, root.itertext()))
    assert root.find(".//{http://www.w3.org/2001/XInclude}include") is not None


def test_a_stylesheet_or_other_instruction_is_left_out():
    root = read(b'<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>' + OPEN + b"<?php x?>" + CLOSE)
    assert root.getprevious() is None
    assert len(root) == 0


@pytest.mark.parametrize("scheme", ["http", "ftp"])
def test_reading_asks_nothing_of_the_network(scheme, outside):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"{scheme}://127.0.0.1:{server.getsockname()[1]}/x"
        doctype = f'<!DOCTYPE d SYSTEM "{address}.dtd" [<!ENTITY a SYSTEM "{address}">]>'
        refused(doctype.encode() + OPEN + b"&a;" + CLOSE)
        root = read(
            OPEN.replace(
                b">",
                b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
                + f' xsi:schemaLocation="x {address}">'.encode(),
            )
            + f'<import importType="x" location="{address}" namespace="x" />'.encode()
            + CLOSE
        )
        schema_errors(root)
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()
    assert not [event for event in outside if address in event]


def test_reading_opens_no_file(skp, outside):
    schema_errors(read(skp))  # the schema itself is read once
    outside.clear()
    schema_errors(read(skp))
    assert outside == []


def test_the_schema_tells_the_line_of_each_fault(skp):
    assert schema_errors(read(skp)) == []
    broken = skp.replace(b"<bpmn:startEvent ", b"<bpmn:tidakAda ").replace(
        b"</bpmn:startEvent>", b"</bpmn:tidakAda>"
    )
    ((line, reason), *_) = schema_errors(read(broken))
    assert b"tidakAda" in broken.split(b"\n")[line - 1]
    assert "tidakAda" in reason


def test_a_comment_does_not_cut_the_text_around_it(skp):
    commented = skp.replace(b'== "setuju"', b'<!-- setuju -->== "setuju"')
    assert any(
        "== " in (flow.text or "") for flow in read(commented).iter("{*}conditionExpression")
    )
    assert not [e for e in read(commented).iter() if not isinstance(e.tag, str)]
