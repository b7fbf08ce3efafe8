"""What the steps of a diagram do: their forms, and the trial run that fills them in."""
