"""The command line. `main` knows the verbs; each verb has a module of its own, loaded when it is asked for."""
