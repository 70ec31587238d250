"""Can the workload reach the registry at all?

The monitor's own place in the network proves nothing about the workload's: what the monitor
cannot reach is unknown, and the workload's way is decided from how both ends are set up.
"""

from shared.checks.network import answers, names, private, public, replicas

CHECKS = (
    *names.CHECKS,
    *private.CHECKS,
    *public.CHECKS,
    *replicas.CHECKS,
    *answers.CHECKS,
)
