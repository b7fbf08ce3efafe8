"""The documents that cases give: a template each, and the one way to set it as PDF."""
