"""The HTTP side: routes that read a request, ask the studio and write an answer."""
