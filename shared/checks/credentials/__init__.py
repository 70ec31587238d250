"""Does the workload show the registry a credential that exists and is valid?"""

from shared.checks.credentials import accounts, expiry, secrets, setup

CHECKS = (*setup.CHECKS, *secrets.CHECKS, *accounts.CHECKS, *expiry.CHECKS)
