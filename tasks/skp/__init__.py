"""Sasaran Kerja Pegawai: its forms, and how work is scored under each rule set."""
