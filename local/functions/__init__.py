"""A local Azure Functions host for the Python v2 programming model.

It drives Microsoft's own `azure-functions-runtime` (the library inside the real Python 3.13
worker), so an app that Azure would reject is rejected here, at start. Everything around it, that
is what the .NET host does in Azure, is in this package, one trigger a module.
"""
