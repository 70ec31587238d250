"""Is the image there, whole, and of the right kind?

Everything here is seen by the monitor. Only an answer "not found", given to somebody who may look,
proves that something is missing; refused, throttled and garbled answers prove nothing.
"""

from shared.checks.existence import cache, content, manifest, moved, replicated, state

CHECKS = (
    *state.BEFORE,
    *cache.CHECKS,
    *manifest.CHECKS,
    *replicated.CHECKS,
    *state.CHECKS,
    *content.CHECKS,
    *moved.CHECKS,
)
