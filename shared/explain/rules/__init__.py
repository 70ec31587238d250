"""From an attempt to a cause, rule by rule: the first that applies to an attempt counts."""

from shared.explain.rules import answers, firewall, login, machine, storage, tools, transport

RULES = (
    *firewall.FIRST,
    *tools.RULES,
    *machine.RULES,
    *storage.RULES,
    *transport.RULES,
    *answers.RULES,
    *login.RULES,
    *tools.LAST,
)
