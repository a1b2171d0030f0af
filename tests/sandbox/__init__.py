"""The stand-ins, judged over HTTP as their callers see them."""
