"""Text layer: the document and the analyses that rules share."""
