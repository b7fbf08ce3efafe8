"""The notation: reading a BPMN file safely, the view of what is drawn, the rules on it."""
