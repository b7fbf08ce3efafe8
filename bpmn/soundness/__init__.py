"""Whether the control flow of a process can go wrong: `ways`, `net`, `exploration`, `verdict`."""
