"""STOPGAP"""


def recompute(db, job): ...
