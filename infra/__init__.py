"""The infrastructure: Bicep, azd's hooks, and what documents are generated from. Never deployed."""
