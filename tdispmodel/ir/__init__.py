"""The intermediate representation: frozen data, checked whenever it is built.  Layer 1.

`sorts` are what variables hold and who moves; `expressions` are formulas; `model` is a design as it was written
(components, actions with parameters, properties about components); `system` is one instance of it for a given number
of devices and given constants (flat variables, actions without parameters).  `semantics.grounding` turns a model into
a system.
"""
