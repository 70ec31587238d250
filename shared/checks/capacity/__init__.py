"""Do the registry and the machine keep up: requests, storage, quotas, disks?"""

from shared.checks.capacity import machine, quotas, requests

CHECKS = (*machine.CHECKS, *requests.CHECKS, *quotas.CHECKS)
