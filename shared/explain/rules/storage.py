"""Causes in what the storage behind a registry answers, where its layers and configurations are.

Codes of Azure Storage: learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes.
Amazon's and Google's stores name theirs alike.
"""

import re

from shared.explain.attempts import Attempt
from shared.explain.labels import CauseLabel
from shared.explain.reading import Reading, Rule, guess, likely, one_of, sure

_CODE = re.compile(
    r"<code>\s{0,3}(\w{3,60})|\berror ?code: ?(\w{3,60})|x-ms-error-code: ?(\w{3,60})"
)

_NETWORK = frozenset(
    {
        *("authorizationfailure", "authorizationsourceipmismatch"),
        *("networksecurityperimeterdenied", "publicaccessnotpermitted"),
    }
)
_SIGNATURE = frozenset(
    {
        *("authenticationfailed", "signaturedoesnotmatch", "authorizationservicemismatch"),
        *("authorizationresourcetypemismatch", "authorizationpermissionmismatch"),
        *("insufficientaccountpermissions", "keybasedauthenticationnotpermitted"),
        *("authorizationprotocolmismatch", "invalidauthenticationinfo", "accessdenied"),
        *("noauthenticationinformation", "invalidaccesskeyid"),
    }
)
_AGED = frozenset(
    {"expiredtoken", "requesttimetooskewed", "requestexpired", "tokenrefreshrequired"}
)
_GONE = frozenset({"blobnotfound", "nosuchkey"})
_BUSY = frozenset({"serverbusy", "slowdown", "requestlimitexceeded", "ingressoverlimit"})
_FAILS = frozenset({"internalerror", "operationtimedout", "serviceunavailable"})
_DISABLED = frozenset({"accountisdisabled", "accountbeingcreated", "allaccessdisabled"})


def reads_code(attempt: Attempt) -> Reading | None:
    """The store names its reason; the registry's own codes stand in JSON."""
    found = _CODE.search(attempt.text) if "code" in attempt.text else None
    code = next(filter(None, found.groups()), "") if found else ""
    return _of_access(code, attempt) or _of_state(code)


def _of_access(code: str, attempt: Attempt) -> Reading | None:
    if code in _NETWORK or "not authorized to perform this operation" in attempt.text:
        why = "the storage refuses the way of the request: a firewall, or a service endpoint policy"
        return guess(CauseLabel.NETWORK_FIREWALL_IP, why)
    aged = "not valid in the specified time frame" in attempt.text
    if code in _AGED or (code in _SIGNATURE and aged):
        why = "the signed address of the layer had expired, or the machine's clock is wrong"
        return likely(CauseLabel.AUTH_EXPIRED_CREDENTIALS, why)
    if code in _SIGNATURE:
        why = (
            "the storage refuses the signature of the request, and nobody can see whose fault it is"
        )
        return one_of(why, CauseLabel.SERVER_ERROR, CauseLabel.NETWORK_PROXY)
    return None


def _of_state(code: str) -> Reading | None:
    if code in _GONE:
        return sure(CauseLabel.NOT_FOUND_MANIFEST, "the storage has no such layer")
    if code in _BUSY:
        return sure(CauseLabel.THROTTLED, "the storage says that it is asked too much")
    if code in _FAILS:
        return likely(CauseLabel.SERVER_ERROR, "the storage behind the registry fails")
    if code in _DISABLED:
        why = "the storage account of the registry is disabled"
        return likely(CauseLabel.REGISTRY_DISABLED_OR_MISSING, why)
    return None


RULES: tuple[Rule, ...] = (reads_code,)
