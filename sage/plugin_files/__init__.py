"""What plugins share whose service is the person's own files on this machine, in which other programs write as well. Part of
the plugin API, in the same version (see `sage.plugin_api`); it imports nothing else of Sage.

`replacing` puts a file in the place of another only if nobody wrote it meanwhile. `line_ids` gives lines an identity that
they do not carry themselves. `source` is all of a `TaskSource` but the format, for tasks that stand as lines in text: with
`reading` for one that is only read, and with `writing`.
"""
