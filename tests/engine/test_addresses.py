"""Mail addresses: what is taken, and what could forge a mail or is plainly mistyped."""

import pytest

from engine.addresses import mail_address
from engine.errors import InvalidInput


@pytest.mark.parametrize(
    "text", ["budi@kantor.go.id", "b.u-d_i+alur@a-b.example", " budi@kantor.go.id ", "x@y.zz"]
)
def test_a_plain_address_is_taken_without_the_spaces_around(text):
    assert mail_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "", "budi", "@kantor.go.id", "budi@", "budi@kantor", "budi@kantor..id", "budi@-kantor.id",
        "budi@kantor.go.id.", "bu di@kantor.go.id", "budi@kantor.go.id, x@y.example",
        "Budi <budi@kantor.go.id>", "budi@kantor.go.id\nBcc: x@y.example", "b@kantor.id\x00",
        "büdi@kantor.go.id", "budi@käntor.go.id", f"{'b' * 65}@kantor.go.id",
        f"b@{'k.' * 130}id",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidInput, match=r"nama@kantor\.go\.id"):
        mail_address(text)
