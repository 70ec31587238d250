"""The Kubernetes API of each cluster, at its FQDN."""
