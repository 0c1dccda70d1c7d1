"""People: the command line, thin over the verbs in `console.actions`."""
