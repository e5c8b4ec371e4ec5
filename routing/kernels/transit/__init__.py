"""Kernels of journeys by public transport.

They stand in one file of their own, so that numba itself sees when it is edited and the kernels
of the plan search need not be compiled anew.
"""
