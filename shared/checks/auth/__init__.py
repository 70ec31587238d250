"""May the identity that pulls, pull this image?"""

from shared.checks.auth import roles, tokens

CHECKS = (*tokens.ON_LOGIN, *roles.CHECKS, *tokens.ON_REPOSITORY)
