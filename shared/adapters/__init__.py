"""What talks to Azure services and files: storage, queues, ARM; and how it stays resilient."""
