class EmbeddedError(Exception):
    """The embedded servers can't be used; the message is a sentence for the operator."""
