"""A case in SpiffWorkflow's hands: the only rooms of the house that know the library."""
