"""EPCIS 2.0: the chain of custody in GS1's words, and others' events in ours. Pure.

``events`` and ``sensors`` tell what happened, ``document`` wraps it up,
``checking`` holds others' documents against the standard, and ``hashing`` gives
an event the identity that everybody computes alike.
"""
