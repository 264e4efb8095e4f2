"""Live pages: a use case announces that something changed, and every open page of it is told once.

What travels between processes is the subject's name only; each process renders a page's frame once for all
who watch it. See docs/explanation/architecture.md.
"""

from unionhall.kernel.live.bus import announce, hear
from unionhall.kernel.live.topics import Frame, Topic, live_url, register_frame, render, topic_of

__all__ = ["Frame", "Topic", "announce", "hear", "live_url", "register_frame", "render", "topic_of"]
