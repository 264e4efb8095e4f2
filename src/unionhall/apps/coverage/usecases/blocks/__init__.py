"""Blocks: taken from files, kept, given into the hands of stewards, divided anew by plans."""

from __future__ import annotations
