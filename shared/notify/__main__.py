"""``python -m shared.notify``: write docs/webhook.schema.json."""

from shared.notify.webhook_shapes import SCHEMA, schema

if __name__ == "__main__":
    SCHEMA.write_bytes(schema())
    print(f"wrote {SCHEMA}")
