"""What the steps of a diagram do: forms, documents and service tasks."""
