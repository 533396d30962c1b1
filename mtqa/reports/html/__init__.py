"""The report as one HTML file that needs nothing else: no network, no other file.

It reads as a plain document without its script; the script adds filters, tables that sort and keys.
"""

from mtqa.reports.html.page import render

__all__ = ["render"]
