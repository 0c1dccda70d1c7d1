"""The web page: batches seen and steered from a browser, as thin over `console.actions` as the command line is.

access       who may look, and from where
guesses      how often
guard        refuses everybody else, and sends every answer with its security headers
site         what all pages need
live         one reader for all open pages
rendering    values -> HTML
refusals     errors -> an answer with the cure
pages/       a module for each page
api/         the same verbs as JSON
templates/, static/
"""
