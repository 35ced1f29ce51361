"""Generation of a contender as a Python script that an experienced user of its library would write.

It produces text only: no client is imported, and nothing runs.
"""

from httptui.codegen.catalogue import no_snippet, snippet_of

__all__ = ["no_snippet", "snippet_of"]
