"""Azure Resource Manager: what an estate looks like at management.azure.com."""
