"""``python -m shared.checks``: write docs/findings.md."""

from pathlib import Path

from shared.checks.findings_page import render

PAGE = Path("docs/findings.md")

if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    print(f"wrote {PAGE}")
