"""A fleet, a ledger and BFL in virtual time: the real decisions and the real SQL, with everything going wrong at once.

One seed is one world. `hub` has the time, `company` stands in for BFL, `fleet` has the workers and `doubles` what they
work with; `weather` is what goes wrong by itself, `fate` what befalls workers, `person` who steers the batches of
`submissions`. `watch` has what holds at every moment, `laws` and `money` what holds in the end. A world that breaks a
law prints its story, and its number replays it.
"""
