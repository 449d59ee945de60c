"""One file per log format: a line becomes parts of calls or a reject; pure, never raises.

    decode       bytes -> JSON values, also where the JSON is damaged
    reader       which format a file is, and its lines through that format's dialect
    catalog      the dialects, in the order they are asked
    assembly     parts of calls -> calls, by what names them
    canonical    a call's fields -> the row of a list, the record of an inspector

docs/dialects.md says how to add one.
"""
