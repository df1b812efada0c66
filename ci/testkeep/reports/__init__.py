"""A verdict or evidence rendered for a reader: text in, text out, and never an input to a judgement."""
