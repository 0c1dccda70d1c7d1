"""The verbs themselves: they answer with values and raise errors, and print nothing."""
