"""What holds for every test."""

import os
import sys

# pytest rewrites each test module, in each of its workers, and the tests start some hundred
# processes: all of them would compile everything anew. What they keep, git ignores.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
