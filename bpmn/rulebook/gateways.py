"""The rules on gateways."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

GATEWAYS = Family(
    "gateways",
    message("Gerbang"),
    (
        Rule(
            "gateway-direction",
            title=message("Panah gerbang sesuai arahnya"),
            meaning=message(
                "Gerbang dapat menyatakan bahwa ia membagi atau menggabungkan. Bila panahnya"
                " mengatakan lain, salah satunya keliru."
            ),
            remedy=message("Perbaiki panahnya, atau hapus gatewayDirection dari berkas."),
            wrong="""
                startEvent s
                parallelGateway Bagi gatewayDirection=Converging
                userTask Periksa_berkas
                userTask Periksa_biaya
                parallelGateway Gabung
                endEvent e
                s -> Bagi -> Periksa_berkas -> Gabung -> e
                Bagi -> Periksa_biaya -> Gabung
            """,
            right="""
                startEvent s
                parallelGateway Bagi gatewayDirection=Diverging
                userTask Periksa_berkas
                userTask Periksa_biaya
                parallelGateway Gabung
                endEvent e
                s -> Bagi -> Periksa_berkas -> Gabung -> e
                Bagi -> Periksa_biaya -> Gabung
            """,
        ),
        Rule(
            "idle-gateway",
            title=message("Gerbang membagi atau menggabungkan"),
            meaning=message(
                "Gerbang dengan satu panah masuk dan satu panah keluar tidak berbuat apa-apa."
                " Mungkin cabangnya terlupa."
            ),
            remedy=message("Tambahkan cabangnya, atau hapus gerbangnya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                exclusiveGateway Gabung
                endEvent e
                s -> Periksa_berkas -> Gabung -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
    ),
)
