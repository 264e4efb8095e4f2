"""What the published figures rest on: the generator of registers and the evaluator of links."""
