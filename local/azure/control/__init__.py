"""The control API: verbs that edit the running world, plain HTTP on 127.0.0.1."""

from local.azure.control.application import application

__all__ = ["application"]
