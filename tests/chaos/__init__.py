"""A night of violence with real processes, and its books in the morning.

`weather` is what is asked for and what goes wrong at the API, `night` has the processes and the hand that kills them,
`books` holds the company's tasks against the ledger's attempts, `morning` has the laws.
"""
