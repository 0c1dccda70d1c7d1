"""What Prometheus reads: the whole fleet as the ledger and the broker know it, whichever process is asked.

families   how a metric is spelt
sums       what was summed up, read anew only where it may have changed
jobs       jobs, pictures and money, by account, lane and model
fleet      workers, stops, paces, and how long jobs wait
slots      lanes and doorbells
exposing   the route
"""
