"""A form with files among its fields: none is lost, wherever the pieces end in which it is read."""

from contextlib import closing
from io import BytesIO

import pytest
from werkzeug.formparser import MultiPartParser
from werkzeug.test import EnvironBuilder

from web.in_parts import PartedRequest


@pytest.mark.parametrize("value", ["", "ya", "dua\r\nbaris", "-", "\r\n"])
def test_every_field_comes_as_it_was_sent(monkeypatch, value):
    parse = MultiPartParser.parse

    def in_small_pieces(self, *given):
        self.buffer_size = size
        return parse(self, *given)

    monkeypatch.setattr(MultiPartParser, "parse", in_small_pieces)
    for size in range(1024, 1324):  # ends once at every letter of a field and its line
        fields = {f"barang.{n}": value for n in range(20)}
        sent = fields | {"berkas": (BytesIO(b"x\r\n" * 700), "x.csv"), "akhir": value}
        with (
            closing(EnvironBuilder(method="POST", data=sent)) as built,
            PartedRequest(built.get_environ()) as request,
        ):
            assert request.form.to_dict() == fields | {"akhir": value}, size
            assert request.files["berkas"].read() == b"x\r\n" * 700
