"""Figures over all customers in the reader's reach; each one can say which rows it is made of."""
