"""What azd calls around a deployment. Standard library and `az` only, any Python from 3.9 on."""
