"""A quick selection by coordinate descent: the exact search begins with it, and is never worse.

Each item takes the option that is cheapest together with its links towards its neighbours' present options; this
repeats until nothing changes. Where one resource overflows its price rises and the choice is made again.
"""

from collections.abc import Sequence

from r2b_hw.planning.budget import Prices, amount, exceeded, worst_share
from r2b_hw.planning.selection import Link, Problem, Selection

_SWEEPS = 8
_PRICE_ROUNDS = 6
_IMPOSSIBLE = 1e12


def descend(problem: Problem) -> Selection | None:
    """Return the best selection found, which may exceed the budget; None where neighbours never came to match."""
    prices = Prices.of_budget(problem.budget)
    best: Selection | None = None
    for _ in range(_PRICE_ROUNDS):
        found = _at_prices(problem, prices)
        if found is None:
            return best
        if best is None or _rank(found) < _rank(best):
            best = found
        over = exceeded(found.cost, problem.budget)
        if not over:
            break
        factors = {name: (amount(found.cost, name) / max(amount(problem.budget, name), 1.0)) ** 2 for name in over}
        prices = prices.raised(factors)
    return best


def _rank(selection: Selection) -> tuple[float, float]:
    return max(1.0, worst_share(selection.cost, selection.problem.budget)), selection.share


def _at_prices(problem: Problem, prices: Prices) -> Selection | None:
    own = [[prices.of(cost) for cost in options] for options in problem.items]
    links = [
        {words: min(map(prices.of, costs)) for words, costs in link.ways.items() if costs} for link in problem.links
    ]
    around: list[list[tuple[int, Link, bool]]] = [[] for _ in problem.items]
    for index, link in enumerate(problem.links):
        around[link.near].append((index, link, True))
        around[link.far].append((index, link, False))
    picked = [min(range(len(costs)), key=costs.__getitem__) for costs in own]
    for _ in range(_SWEEPS):
        changed = False
        for item, costs in enumerate(own):
            best = _best_option(item, costs, picked, around[item], links)
            changed = changed or best != picked[item]
            picked[item] = best
        if not changed:
            break
    ways: list[int] = []
    least = {delay.link: delay.total(picked) for delay in problem.delays}
    for index, link in enumerate(problem.links):
        words = link.words(picked)
        patience = link.patience.get(words)
        worths = {
            way: prices.of(cost)
            for way, cost in enumerate(link.ways.get(words, ()))
            if patience is None or patience[way] >= least.get(index, 0)
        }
        if not worths:
            return None
        ways.append(min(worths, key=worths.__getitem__))
    return Selection(problem, tuple(picked), tuple(ways))


def _best_option(
    item: int,
    costs: Sequence[float],
    picked: Sequence[int],
    around: Sequence[tuple[int, Link, bool]],
    links: Sequence[dict[tuple[int, int], float]],
) -> int:
    best, lowest = picked[item], float("inf")
    for option, worth in enumerate(costs):
        for index, link, is_near in around:
            if is_near:
                words = link.near_words[option], link.far_words[picked[link.far]]
            else:
                words = link.near_words[picked[link.near]], link.far_words[option]
            worth += links[index].get(words, _IMPOSSIBLE)
            if worth >= lowest:
                break
        if worth < lowest:
            best, lowest = option, worth
    return best
