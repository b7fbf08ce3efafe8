"""The SOP document and the diagram as one: each is made of the other, by rules written down.

`document` is what both have in common; `folding` reads it from a diagram, `unfolding` makes a
diagram of it.
"""
