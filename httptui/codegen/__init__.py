"""What a contender does, as a Python script that an experienced user of its library would write.

Only text is made here: no client is imported, and nothing runs.
"""

from httptui.codegen.catalogue import no_snippet, snippet_of

__all__ = ["no_snippet", "snippet_of"]
