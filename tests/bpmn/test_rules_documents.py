import pytest

from bpmn.rules import dialect, documents
from tasks.papers.kinds import makers


def test_a_task_that_orders_documents_is_sound(judge):
    text = "userTask a\n    property alur:documents=formulir_skp, penilaian"
    assert judge(documents.document_kind, text) == []
    assert judge(documents.document_place, text) == []
    assert judge(dialect.known_properties, text) == []


def test_a_document_named_twice_is_ordered_once(view):
    task = view("userTask a\n    property alur:documents=rekaman, rekaman,").nodes["a"]
    assert task.documents == ("rekaman",)


def test_an_unknown_document_is_refused(judge):
    text = "userTask a\n    property alur:documents=penilaian, sertifikat"
    assert judge(documents.document_kind, text) == [("document-kind", "a", "error")]


@pytest.mark.parametrize("element", ["serviceTask a", "startEvent a", "lane a subject: x"])
def test_only_a_persons_task_orders_documents(judge, element):
    text = f"{element}\n    property alur:documents=rekaman\nuserTask x"
    assert judge(documents.document_place, text) == [("document-place", "a", "error")]


def test_every_kind_that_a_step_may_order_has_its_template():
    assert makers("https://alur.example", "Asia/Pontianak").keys() == documents.KINDS
