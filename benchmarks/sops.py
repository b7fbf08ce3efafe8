"""A hundred SOPs as tables: how long it takes to read, draw, check and print them.

`make bench-sops` writes the tables of a made-up office (8 to 25 rows, two to seven actors, with
loops back, skips and parallel ways), makes diagrams of them with `alur import-sop`, which checks
each, prints them with `alur sop`, and writes `benchmarks/results/sops.json`.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "sops.json"
ALUR = Path(sys.executable).parent / "alur"
SOPS = 100
BAR = 60.0  # seconds for all of it
HEAD = "No|Kegiatan|Pelaksana|Kelengkapan|Waktu|Output|Keterangan"
DEEDS = ("Menerima", "Memeriksa", "Mencatat", "Menyusun", "Meneliti", "Mengirim", "Menyimpan")
THINGS = ("surat masuk", "berkas usulan", "nota dinas", "laporan bulanan", "daftar barang")


def table(chance: random.Random) -> str:
    """A table in Markdown; every way that is not to the next row is said in words."""
    rows, actors = chance.randint(8, 25), chance.randint(2, 7)
    lines = [HEAD, "|".join("-" * 3 for _ in HEAD.split("|"))]
    for row in range(1, rows + 1):
        said = f"{chance.choice(DEEDS)} {chance.choice(THINGS)}"
        led = ""
        if 2 < row < rows - 3 and chance.random() < 0.25:
            back = f"tidak lengkap kembali ke {chance.randint(1, row - 1)}"
            ahead = f"lengkap ke {chance.randint(row + 1, row + 2)}"
            led = f"Jika {ahead}, jika {back}"
        cells = (row, said, f"Pelaksana {chance.randint(1, actors)}", "Berkas",
                 f"{chance.randint(1, 12) * 5} menit", "Hasil", led)  # fmt: skip
        lines.append("|".join(map(str, cells)))
    return "\n".join(lines) + "\n"


def measured() -> dict[str, float]:
    """Seconds of each command, with its start."""
    chance = random.Random(92)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(SOPS):
            (folder / f"sop-{number:03}.md").write_text(table(chance))
        tables = sorted(folder.glob("*.md"))
        found = {"read, drawn and checked": _timed("import-sop", tables, folder / "diagrams")}
        drawn = sorted((folder / "diagrams").iterdir())
        found["printed"] = _timed("sop", drawn, folder / "papers")
        if len(list((folder / "papers").iterdir())) != SOPS:
            sys.exit("not all were printed")
    return found


def _timed(command: str, files: list[Path], out: Path) -> float:
    began = time.perf_counter()
    asked = [ALUR, command, *files, "--out-dir", out]
    subprocess.run(asked, check=True, stdout=subprocess.DEVNULL)
    return round(time.perf_counter() - began, 1)


def main() -> None:
    """Measures, writes the record and says it."""
    seconds = measured()
    whole = round(sum(seconds.values()), 1)
    rows = [
        {"name": f"{SOPS} SOPs: {name}", "value": value, "unit": "s", "bar": BAR if bar else None}
        for name, value, bar in (*((n, v, False) for n, v in seconds.items()), ("all", whole, True))
    ]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")
    for row in rows:
        print(f"{row['name']}: {row['value']} s")
    sys.exit(whole > BAR)


if __name__ == "__main__":
    main()
