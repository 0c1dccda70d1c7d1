"""`./run simulate-world [--seeds N] [--first SEED] [--seed SEED]`: as many worlds as you like, or the story of one."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count

from tests.simulated_world.laws import broken
from tests.simulated_world.world import World


def complaints(seed: int) -> list[str]:
    """The laws that are broken in the world of this seed."""
    try:
        world = World(seed)
        world.run()
        return list(broken(world))
    except Exception as error:  # noqa: BLE001  # whatever it is, the seed shows it again
        return [f"the world ends: {error!r}"]


def told(seed: int) -> str:
    """The story of the world of this seed, and what is wrong with it."""
    world = World(seed)
    world.run()
    found = list(broken(world)) or ["every law holds"]
    return "\n".join([*world.story.lines(), *found])


def main() -> int:
    """The number of worlds in which a law is broken is what is wrong."""
    parser = argparse.ArgumentParser(prog="./run simulate-world", description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000, help="how many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first of their numbers")
    parser.add_argument("--seed", type=int, help="tell the story of this one")
    asked = parser.parse_args()
    if asked.seed is not None:
        sys.stdout.write(f"{told(asked.seed)}\n")
        return 0
    begun = time.perf_counter()
    failed = 0
    seeds = range(asked.first, asked.first + asked.seeds)
    with ProcessPoolExecutor(cpu_count()) as pool:
        for seed, found in zip(seeds, pool.map(complaints, seeds, chunksize=20), strict=True):
            failed += bool(found)
            for complaint in found:
                sys.stdout.write(f"seed {seed}: {complaint}\n")
    seconds = time.perf_counter() - begun
    sys.stdout.write(f"{asked.seeds:,} worlds in {seconds:.0f} s, {failed} in which a law is broken\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
