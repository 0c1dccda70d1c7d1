"""Tells people what they would want to be woken for: a herald finds it, a messenger sends it through a hook."""

from workers.notices.herald import Herald
from workers.notices.hook import Hook, hook_of
from workers.notices.messenger import Messenger

__all__ = ["Herald", "Hook", "Messenger", "hook_of"]
