"""The page-side script, the extension and the snippets, as they are served with settings filled in."""
