"""The scope check: is what a customer asks for in the contract, and what to say if it is not."""

from customers.scope.line import Line, line_for

__all__ = ["Line", "line_for"]
