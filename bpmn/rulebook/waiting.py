"""The rules on event-based gateways."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

WAITING = Family(
    "waiting",
    message("Gerbang kejadian"),
    (
        Rule(
            "event-gateway",
            title=message("Gerbang kejadian menunggu dua kejadian atau lebih"),
            meaning=message(
                "Di gerbang kejadian, yang terjadi lebih dahulu menentukan jalannya. Dengan"
                " satu kejadian saja tidak ada yang dipilih."
            ),
            remedy=message("Tambahkan kejadian kedua, biasanya timer, atau hapus gerbangnya."),
            wrong="""
                startEvent s
                eventBasedGateway Tunggu
                intermediateCatchEvent Lewat name="3 hari"
                    timer timeDuration P3D
                endEvent e
                s -> Tunggu -> Lewat -> e
            """,
            right="""
                startEvent s
                eventBasedGateway Tunggu
                intermediateCatchEvent Lewat name="3 hari"
                    timer timeDuration P3D
                intermediateCatchEvent Datang name="Jawaban datang"
                    <messageEventDefinition messageRef="jawaban" />
                endEvent e
                endEvent f
                s -> Tunggu -> Lewat -> e
                Tunggu -> Datang -> f
                beside <message id="jawaban" name="Jawaban" />
            """,
            along=("idle-gateway",),
        ),
        Rule(
            "awaited",
            title=message("Di belakang gerbang kejadian hanya ada yang ditunggu"),
            meaning=message(
                "Gerbang kejadian menunggu pesan, sinyal, atau waktu. Tugas orang tidak dapat"
                " ditunggu di sana: tugas itu harus dibuka dahulu."
            ),
            remedy=message("Taruh kejadian tangkap di depan tugasnya."),
            wrong="""
                startEvent s
                eventBasedGateway Tunggu
                intermediateCatchEvent Lewat name="3 hari"
                    timer timeDuration P3D
                userTask Periksa_jawaban
                endEvent e
                endEvent f
                s -> Tunggu -> Lewat -> e
                Tunggu -> Periksa_jawaban -> f
            """,
            right="""
                startEvent s
                eventBasedGateway Tunggu
                intermediateCatchEvent Lewat name="3 hari"
                    timer timeDuration P3D
                intermediateCatchEvent Datang name="Jawaban datang"
                    <messageEventDefinition messageRef="jawaban" />
                userTask Periksa_jawaban
                endEvent e
                endEvent f
                s -> Tunggu -> Lewat -> e
                Tunggu -> Datang -> Periksa_jawaban -> f
                beside <message id="jawaban" name="Jawaban" />
            """,
        ),
        Rule(
            "awaited-alone",
            title=message("Yang ditunggu tidak mempunyai jalan masuk lain"),
            meaning=message(
                "Kejadian di belakang gerbang kejadian menjadi miliknya: begitu satu terjadi,"
                " yang lain berhenti ditunggu. Jalan masuk lain akan mengacaukannya."
            ),
            remedy=message("Gambar kejadian sendiri untuk jalan yang lain."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway h name="Lengkap?"
                eventBasedGateway Tunggu
                intermediateCatchEvent Lewat name="3 hari"
                    timer timeDuration P3D
                intermediateCatchEvent Datang name="Jawaban datang"
                    <messageEventDefinition messageRef="jawaban" />
                endEvent e
                endEvent f
                s -> Periksa_berkas -> h
                h -> Tunggu if lengkap
                h -> Lewat if not lengkap
                Tunggu -> Lewat -> e
                Tunggu -> Datang -> f
                beside <message id="jawaban" name="Jawaban" />
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway h name="Lengkap?"
                eventBasedGateway Tunggu
                intermediateCatchEvent Lewat name="3 hari"
                    timer timeDuration P3D
                intermediateCatchEvent Datang name="Jawaban datang"
                    <messageEventDefinition messageRef="jawaban" />
                endEvent e
                endEvent f
                s -> Periksa_berkas -> h
                h -> Tunggu if lengkap
                h -> e if not lengkap
                Tunggu -> Lewat -> e
                Tunggu -> Datang -> f
                beside <message id="jawaban" name="Jawaban" />
            """,
        ),
        Rule(
            "awaited-edge",
            title=message("Tugas terima di belakang gerbang kejadian tanpa kejadian tepi"),
            meaning=message(
                "Tenggat tugas itu digambar di gerbangnya: sebagai timer di samping tugas"
                " terima. Di tepinya, tenggat itu menunggu dua kali."
            ),
            remedy=message("Pindahkan timer dari tepi tugas ke belakang gerbang."),
            wrong="""
                startEvent s
                eventBasedGateway Tunggu
                receiveTask Terima_jawaban messageRef=jawaban
                boundaryEvent Tepi attachedToRef=Terima_jawaban name="1 hari"
                    timer timeDuration P1D
                intermediateCatchEvent Lewat name="3 hari"
                    timer timeDuration P3D
                endEvent e
                endEvent f
                endEvent h
                s -> Tunggu -> Terima_jawaban -> e
                Tunggu -> Lewat -> f
                Tepi -> h
                beside <message id="jawaban" name="Jawaban" />
            """,
            right="""
                startEvent s
                eventBasedGateway Tunggu
                receiveTask Terima_jawaban messageRef=jawaban
                intermediateCatchEvent Lewat name="1 hari"
                    timer timeDuration P1D
                endEvent e
                endEvent f
                s -> Tunggu -> Terima_jawaban -> e
                Tunggu -> Lewat -> f
                beside <message id="jawaban" name="Jawaban" />
            """,
        ),
        Rule(
            "awaited-messages",
            title=message("Gerbang kejadian menunggu pesan dengan satu cara"),
            meaning=message(
                "BPMN tidak mengizinkan tugas terima dan kejadian pesan di belakang gerbang"
                " yang sama: tidak jelas siapa yang mendapat pesannya."
            ),
            remedy=message(
                "Pakai kejadian pesan untuk semuanya, atau tugas terima untuk semuanya."
            ),
            wrong="""
                startEvent s
                eventBasedGateway Tunggu
                receiveTask Terima_jawaban messageRef=jawaban
                intermediateCatchEvent Ditolak name="Ditolak"
                    <messageEventDefinition messageRef="tolak" />
                endEvent e
                endEvent f
                s -> Tunggu -> Terima_jawaban -> e
                Tunggu -> Ditolak -> f
                beside <message id="jawaban" name="Jawaban" />
                beside <message id="tolak" name="Penolakan" />
            """,
            right="""
                startEvent s
                eventBasedGateway Tunggu
                intermediateCatchEvent Dijawab name="Dijawab"
                    <messageEventDefinition messageRef="jawaban" />
                intermediateCatchEvent Ditolak name="Ditolak"
                    <messageEventDefinition messageRef="tolak" />
                endEvent e
                endEvent f
                s -> Tunggu -> Dijawab -> e
                Tunggu -> Ditolak -> f
                beside <message id="jawaban" name="Jawaban" />
                beside <message id="tolak" name="Penolakan" />
            """,
        ),
    ),
)
