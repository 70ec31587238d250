"""The story of the demo: what happens to deployed images, and what Pullwatch makes of it."""

from local.story.story import tell_story

__all__ = ["tell_story"]
