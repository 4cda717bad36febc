"""One gate, all channels: each module renders a `Gated` in one format, each a pure function from value to text.

`formats.CHANNELS` names them; `wording` is what they share.  No format says a time, a date or an absolute path.
"""
