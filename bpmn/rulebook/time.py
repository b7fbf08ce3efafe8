"""The rules on waktu and deadlines."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

TIME = Family(
    "time",
    message("Waktu dan tenggat"),
    (
        Rule(
            "duration",
            title=message("Waktu ditulis menurut ISO 8601"),
            meaning=message(
                "Timer membaca lama waktu seperti PT10M (10 menit), PT1H, P1D, P1W, atau saat"
                " dengan zonanya. Yang lain tidak dapat dihitung, dan timernya tidak pernah"
                " berbunyi."
            ),
            remedy=message("Tulis ulang: P lalu hari, T lalu jam dan menit."),
            wrong="""
                startEvent s
                intermediateCatchEvent Tunggu name="10 menit"
                    timer timeDuration P10Menit
                endEvent e
                s -> Tunggu -> e
            """,
            right="""
                startEvent s
                intermediateCatchEvent Tunggu name="10 menit"
                    timer timeDuration PT10M
                endEvent e
                s -> Tunggu -> e
            """,
        ),
        Rule(
            "waktu",
            title=message("Timer Waktu menempel pada tugas dan bernama sesuai"),
            meaning=message(
                "Waktu dalam SOP adalah satu timer di tepi tugas orang, tidak menyela. Namanya"
                ' ("10 menit") dicetak dalam SOP; bila timernya lain, SOP dan pengukurannya'
                " berbeda."
            ),
            remedy=message(
                "Isi Waktu lewat Mutu Baku (SOP) dalam panel; modeler menulis nama dan lamanya"
                " bersama-sama."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent w attachedToRef=Periksa_berkas cancelActivity=false name="15 menit"
                    property alur:timer=waktu
                    timer timeDuration PT10M
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                w -> f
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent w attachedToRef=Periksa_berkas cancelActivity=false name="10 menit"
                    property alur:timer=waktu
                    timer timeDuration PT10M
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                w -> f
            """,
        ),
        Rule(
            "late-deadline",
            title=message("Tenggat memberi cukup Waktu"),
            meaning=message(
                "Tenggat yang lebih pendek daripada Waktu bakunya mengambil tugas sebelum waktu"
                " yang dijanjikan SOP habis: pelaksana terlambat walaupun bekerja sesuai SOP."
            ),
            remedy=message("Perpanjang tenggatnya, atau perpendek Waktunya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent w attachedToRef=Periksa_berkas cancelActivity=false name="2 hari"
                    property alur:timer=waktu
                    timer timeDuration P2D
                boundaryEvent t attachedToRef=Periksa_berkas name="1 hari"
                    timer timeDuration P1D
                endEvent e
                endEvent f
                endEvent g
                s -> Periksa_berkas -> e
                w -> f
                t -> g
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent w attachedToRef=Periksa_berkas cancelActivity=false name="2 hari"
                    property alur:timer=waktu
                    timer timeDuration P2D
                boundaryEvent t attachedToRef=Periksa_berkas name="5 hari"
                    timer timeDuration P5D
                endEvent e
                endEvent f
                endEvent g
                s -> Periksa_berkas -> e
                w -> f
                t -> g
            """,
        ),
        Rule(
            "timer-properties",
            title=message("Properti waktu bernilai yang dikenal"),
            meaning=message(
                "alur:calendar, alur:clock, alur:due, dan alur:timer menentukan bagaimana waktu"
                " dihitung. Nilai yang tidak dikenal tidak dihitung siapa pun."
            ),
            remedy=message("Tulis working atau elapsed, arrival, endOfDay, waktu."),
            wrong="""
                property alur:calendar=kerja
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                property alur:calendar=working
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "limits",
            title=message("Batas tunggu dan pengingat berupa lama waktu"),
            meaning=message(
                "alur:waitLimit, alur:remindBefore, dan alur:escalateAfter menunggu selama itu"
                " sebelum seseorang diberi tahu. Tanpa lama yang dapat dibaca, tidak ada yang"
                " diberi tahu."
            ),
            remedy=message("Tulis lama waktu ISO 8601, misalnya P1D atau PT4H."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    property alur:waitLimit=1 hari
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    property alur:waitLimit=P1D
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "timer-start",
            title=message("Timer awal mengatakan kasusnya tentang siapa"),
            meaning=message(
                "Saat timer memulai kasus, tidak ada orang yang dapat ditanya tentang siapa"
                " kasus itu, dan tidak ada pemulainya."
            ),
            remedy=message(
                "Isi alur:subject pada kejadian awal: person:<NIP> atau group:<kode>; pakai"
                " pelaksana lain daripada starter."
            ),
            wrong="""
                lane Pegawai subject: s Lapor e
                startEvent s name="Tiap bulan"
                    timer timeCycle R/P1M
                userTask Lapor
                endEvent e
                s -> Lapor -> e
            """,
            right="""
                lane Pegawai subject: s Lapor e
                startEvent s name="Tiap bulan"
                    timer timeCycle R/P1M
                    property alur:subject=group:layanan
                userTask Lapor
                endEvent e
                s -> Lapor -> e
            """,
        ),
    ),
)
