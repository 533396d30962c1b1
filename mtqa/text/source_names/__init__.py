"""Words and names of the text that a translation renders.

`words` cuts the source into words. What tells names among them depends on the script: a capital
(`cased`), tables of places and persons (`listed`), dictionaries and sounds (`chinese`,
`japanese`). `text` brings them together, and `piece` compares the words of a segment with a name of
the translation.
"""
