"""The Kubernetes API, as far as pulls need it: what runs, what could, and what it complains of."""
