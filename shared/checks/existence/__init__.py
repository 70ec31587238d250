"""Is the image there, whole, and of the right kind?

Everything here is seen by the monitor. Only an answer "not found", given to somebody who may look,
proves that something is missing; refused, throttled and garbled answers prove nothing.
"""

from shared.checks.existence import content, manifest, moved, state

CHECKS = (*state.BEFORE, *manifest.CHECKS, *state.CHECKS, *content.CHECKS, *moved.CHECKS)
