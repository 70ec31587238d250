"""The wire: AMQP 1.0 connections, sessions and links (OASIS AMQP 1.0, part 2).

Written for azure-servicebus 7.15 (pyamqp), which is more particular than the specification: every
field of every performative is sent, an unknown queue answers an attach with a null terminus, and a
rejection carries three fields. Where the code does such a thing it says so.
"""
