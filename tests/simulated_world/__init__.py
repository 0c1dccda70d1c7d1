"""A fleet, a ledger and BFL in virtual time: the real decisions and the real SQL, with everything going wrong at once.

One seed is one world. `hub` has the time, `company` stands in for BFL, `fleet` has the workers, `weather` what goes
wrong, `laws` what has to hold all the same. A world that breaks a law prints its story, and its number replays it.
"""
